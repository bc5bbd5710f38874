/** What an endpoint serves, as we compare it: shares of the requests, shadows, instances. Pure. */
import type { DescribeEndpointOutput } from '@aws-sdk/client-sagemaker';
import type { EndpointShape } from '../activities/types.ts';

type Endpoint = DescribeEndpointOutput;

/** The config that the endpoint is on, or on its way to. */
export const headsFor = (endpoint: Endpoint): string | undefined =>
  endpoint.PendingDeploymentSummary?.EndpointConfigName ?? endpoint.EndpointConfigName;

/** What the endpoint serves now: variants with their share of the requests in percent. */
export function shapeOf(endpoint: Endpoint): EndpointShape {
  const variants = endpoint.ProductionVariants ?? [];
  const weights = variants.map(({ VariantName = '', CurrentWeight = 0 }) => [VariantName, CurrentWeight] as const);
  return {
    endpoint: endpoint.EndpointName ?? '',
    config: endpoint.EndpointConfigName ?? '',
    weights: percents(Object.fromEntries(weights)),
    ...(endpoint.ShadowProductionVariants?.length && { shadows: shadowsOf(endpoint) }),
  };
}

/** Shadows with the share of the requests that they get copies of, in percent. */
function shadowsOf({ ProductionVariants = [], ShadowProductionVariants = [] }: Endpoint): Record<string, number> {
  const sum = ProductionVariants.reduce((total, { CurrentWeight = 0 }) => total + CurrentWeight, 0);
  return Object.fromEntries(
    ShadowProductionVariants.map(({ VariantName = '', CurrentWeight = 0 }) => [
      VariantName,
      sum > 0 ? Math.round((CurrentWeight / sum) * 1e8) / 1e6 : 0,
    ]),
  );
}

/** Instances that each variant has or is getting. */
export const instancesOf = ({ ProductionVariants = [] }: Endpoint): Record<string, number> =>
  Object.fromEntries(
    ProductionVariants.map((one) => [
      one.VariantName ?? '',
      Math.max(one.DesiredInstanceCount ?? 0, one.CurrentInstanceCount ?? 0),
    ]),
  );

/** The same shares, summing to 100. Weights that are all zero stay so. */
export function percents(weights: Readonly<Record<string, number>>): Record<string, number> {
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  const share = (weight: number) => (sum > 0 ? Math.round((weight / sum) * 1e8) / 1e6 : 0);
  return Object.fromEntries(Object.entries(weights).map(([variant, weight]) => [variant, share(weight)]));
}

/** Same variants, same shares to a thousandth of a percent: AWS keeps weights as 32-bit floats. */
export function sameWeights(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  return alike(percents(a), percents(b));
}

/** Same variants with the same weights, and the same shadows with copies of as many requests. */
export const sameShape = (a: EndpointShape, b: EndpointShape): boolean =>
  sameWeights(a.weights, b.weights) && alike(a.shadows ?? {}, b.shadows ?? {});

function alike(left: Readonly<Record<string, number>>, right: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Math.abs((left[name] ?? 0) - (right[name] ?? Number.NaN)) < 1e-3);
}
