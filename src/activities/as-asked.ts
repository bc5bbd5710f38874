/** What serves, held against what was asked. */

import { sameShape, shapeOf } from '../aws/endpoint-shapes.ts';
import type { Endpoint } from '../aws/endpoints.ts';
import { failureClass } from '../aws/job-texts.ts';
import { notYet, permanent } from '../failures.ts';
import type { EndpointShape } from './types.ts';

/** For so long after a change was accepted, a look may still see the state before it. */
const SETTLES_WITHIN_MS = 10_000;
/** States that no waiting mends. */
const BROKEN = new Set(['Failed', 'UpdateRollbackFailed', 'OutOfService', 'Deleting']);

/** The shape when the endpoint serves what was asked. `watched` is for how many milliseconds it has been looked at. */
export function asAsked(shape: EndpointShape, found: Endpoint | undefined, watched: number): EndpointShape {
  const settling = watched < SETTLES_WITHIN_MS;
  const name = `endpoint ${shape.endpoint}`;
  if (!found) {
    if (settling) throw notYet(`${name}: not to be seen yet`);
    throw permanent('RolloutFailed', `${name} is not there: it was never created, or somebody deleted it`);
  }
  const status = found.EndpointStatus ?? 'unknown';
  const because = found.FailureReason ? `: ${found.FailureReason}` : '';
  if (BROKEN.has(status))
    throw permanent(
      'RolloutFailed',
      `${name} is ${status}${because}; log group /aws/sagemaker/Endpoints/${shape.endpoint}`,
    );
  if (status !== 'InService') throw notYet(`${name} is ${status}: ${variantsSaid(found)}`);

  const serves = shapeOf(found);
  if (serves.config === shape.config && sameShape(serves, shape)) return serves;
  if (settling) throw notYet(`${name}: ${variantsSaid(found)}; waiting for ${shape.config}`);
  const difference =
    serves.config === shape.config
      ? `serves ${weightsSaid(serves)}, not ${weightsSaid(shape)}`
      : `is on config ${serves.config}, not ${shape.config}: it rolled back silently`;
  throw permanent('RolloutFailed', `${name} is InService but ${difference}${because}`, {
    serves,
    because: failureClass(found.FailureReason ?? ''),
  });
}

const weightsSaid = ({ weights, shadows }: EndpointShape): string =>
  `${JSON.stringify(weights)}${shadows ? ` and shadows ${JSON.stringify(shadows)}` : ''}`;

const variantsSaid = ({ ProductionVariants: variants = [] }: Endpoint): string =>
  variants
    .map((one) => {
      const [is, due] = [one.CurrentInstanceCount ?? 0, one.DesiredInstanceCount ?? 0];
      const state = one.VariantStatus?.at(-1)?.Status;
      return `${one.VariantName} weight ${one.CurrentWeight ?? 0}→${one.DesiredWeight ?? 0}, ${is}/${due} instances${state ? ` (${state})` : ''}`;
    })
    .join('; ') || 'no variants yet';
