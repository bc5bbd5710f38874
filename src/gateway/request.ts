/** What `POST /predictions` takes, checked before anything is asked of the model. Pure. */
import { type GatewayRequest, readList } from './body.ts';

export const PATH = '/predictions';
export const MAX_INSTANCES = 1000;
const TAKEN = { path: PATH, key: 'instances', atMost: MAX_INSTANCES, example: 'send {"instances":[{…}, …]}' } as const;

/**
 * The request's JSON text, as it came, and how many instances it holds. Throws `Refusal` with 400, 404, 405 or 413.
 * The text goes on unchanged, so that a number keeps all its digits.
 */
export function readRequest(request: GatewayRequest): { text: string; rows: number } {
  const { text, list } = readList(request, TAKEN);
  return { text, rows: list.length };
}
