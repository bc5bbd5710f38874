/** Which of the things that carry a model's tag nothing needs any more. Pure. */
import type { LivingModel } from '../activities/types.ts';

/** A thing of any kind as far as it matters here; jobs are of kind `training job`, `tuning job`, `transform job`. */
export interface Thing {
  readonly kind: string;
  readonly name: string;
  readonly model?: string;
  readonly cycle?: string;
  readonly madeAt?: string;
  readonly uses?: readonly string[];
}

export interface Truth {
  readonly living: ReadonlyMap<string, LivingModel>;
  /** Models that are no more: since when, and how that is known. */
  readonly gone: ReadonlyMap<string, { readonly since?: string; readonly why: string }>;
  readonly now: string;
}

/** A cycle may be making it, and has told nobody yet. */
const YOUNG_MS = 3_600_000;

/** Each with the reason. What refers to others is looked at first: an endpoint that stays keeps its config, which keeps its models. */
export function orphansOf<T extends Thing>(things: readonly T[], truth: Truth): { thing: T; why: string }[] {
  const found: { thing: T; why: string }[] = [];
  const needed = new Set<string>();
  const ordered = [...things].sort((a, b) => rank(a) - rank(b));
  for (const thing of ordered) {
    const why = needed.has(`${thing.kind} ${thing.name}`) ? undefined : reason(thing, truth);
    if (why !== undefined) found.push({ thing, why });
    else for (const name of thing.uses ?? []) needed.add(`${USES[thing.kind]} ${name}`);
  }
  return found;
}

const USES: Readonly<Record<string, string>> = { endpoint: 'endpoint config', 'endpoint config': 'model' };
const ORDER = ['endpoint', 'endpoint config'];
const rank = ({ kind }: Thing): number => (ORDER.indexOf(kind) + ORDER.length + 1) % (ORDER.length + 1);

function reason(thing: Thing, truth: Truth): string | undefined {
  const { model = '' } = thing;
  const gone = truth.gone.get(model);
  const madeAt = thing.madeAt ?? gone?.since;
  const old = madeAt !== undefined && Date.parse(truth.now) - Date.parse(madeAt) >= YOUNG_MS;
  if (!old) return undefined;
  const living = truth.living.get(model);
  return living ? ofLiving(thing, living) : gone?.why;
}

/** Of a model that lives, only what its cycles and rollouts made and left. */
function ofLiving({ kind, name, cycle, uses = [] }: Thing, living: LivingModel): string | undefined {
  const { model, kept, running, busy, backtest } = living;
  if (kind.endsWith(' job')) {
    const over = !backtest && cycle !== undefined && cycle !== running;
    return over ? `it still runs, and its cycle ${cycle} is over` : undefined;
  }
  if (busy) return undefined;
  const isKept = (modelName: string) => kept.some((one) => modelName.startsWith(`${model}-${one}-`));
  if (kind === 'endpoint config')
    return name.endsWith('-full') && uses.some(isKept)
      ? undefined
      : 'no endpoint is on it, and no kept version returns by it';
  if (kind !== 'model' || cycle === undefined || kept.includes(cycle) || isKept(name)) return undefined;
  return `no config refers to it, and no version of its cycle ${cycle} is kept`;
}
