/** The alarms that CloudWatch keeps of a model, and how each stands. */
import { z } from 'zod';
import { alarmsOfModel } from '../aws/alarm-states.ts';
import { type Archive, reading } from './archive.ts';

export const alarmShape = z.object({
  name: z.string().describe("Without the part that all of the model's have."),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  since: z.string().optional(),
  description: z.string().optional(),
});
export type Alarm = z.infer<typeof alarmShape>;

/** Those that have gone off come first. */
export async function alarms({ clients }: Archive, { model }: { readonly model: string }): Promise<Alarm[]> {
  const found = await reading(() => alarmsOfModel(clients.cloudWatch, model));
  return found.sort(
    (a, b) => Number(b.state === 'ALARM') - Number(a.state === 'ALARM') || a.name.localeCompare(b.name),
  );
}
