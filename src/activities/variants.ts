/** The variants of an endpoint: which version each serves, and by how many instances. */
import { permanent } from '../failures.ts';
import { shadowName, variantName } from '../names.ts';
import type { EndpointShape, Version } from './types.ts';

/**
 * How many instances a variant begins with: those that it has now, and at least as many as any other has where it is new,
 * or where another goes. What autoscaling found is kept through a rollout, and never less than the plan says.
 */
export function instancesFor(
  { weights }: EndpointShape,
  now: Readonly<Record<string, number>>,
  least: number,
): (variant: string) => number {
  const most = Math.max(least, ...Object.values(now));
  const goes = Object.keys(now).some((name) => !Object.hasOwn(weights, name));
  return (variant) => (goes ? most : (now[variant] ?? most));
}

/** One variant a version that has a weight; a weight without its version is a mistake of the caller. */
export function variantsOf(
  { config, weights, shadows = {} }: EndpointShape,
  versions: readonly Version[],
  instances: (variant: string) => number,
) {
  const named = (nameOf: (version: number) => string, asked: Readonly<Record<string, number>>) => {
    const byVariant = new Map(versions.map((version) => [nameOf(version.version), version]));
    return Object.entries(asked).map(([name, weight]) => {
      const version = byVariant.get(name);
      if (version) return { name, weight, modelName: version.modelName, count: instances(name) };
      const known = [...byVariant.keys()].join(', ') || 'none';
      throw permanent(
        'InvalidRequest',
        `${config}: no version for the variant ${name}; the versions given are ${known}`,
      );
    });
  };
  return { variants: named(variantName, weights), shadows: named(shadowName, shadows) };
}
