/** The choices of a first plan, tried on the data and mended until a cycle could live on them. */
import type { Duck } from '../data/duckdb.ts';
import { identifier, list } from '../data/sql.ts';
import { UserError } from '../errors.ts';
import { checkPlan } from '../plan/load.ts';
import { type Aim, aimAt } from './aim.ts';
import { type Draft, inputsOf } from './draft.ts';
import { featuresText } from './features-text.ts';
import { look, type Seen, type SeenColumn, TABLE, valuesOf } from './look.ts';
import { isPlain, plainNames, slug } from './names.ts';
import { planText } from './plan-text.ts';
import { rolesOf } from './roles.ts';
import { type Tried, troubleOf, tryPlan } from './trial.ts';
import { laterColumns, timeColumn, type When, whenOf } from './when.ts';

export interface Place {
  readonly model: string;
  readonly owner: string;
  readonly table: string;
  readonly uri: string;
  /** What a copy of the file would be called. */
  readonly copy: string;
}

export interface Asked {
  readonly label?: string;
  readonly time?: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly snapshot: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Found out on the way: columns that must not be features, and why the split is not by time. */
interface Learnt {
  readonly out: ReadonlyMap<string, string>;
  readonly notByTime?: string;
}

/** So many features a person still reads. */
const MOST_FEATURES = 300;
const FEW_VALUES = 12;
const TRIES = 6;

/** The rows are there as `TABLE`. Throws `UserError` for a label or a time that cannot be, or data that no cycle could learn from. */
export async function draftPlan(duck: Duck, place: Place, asked: Asked): Promise<Draft> {
  const { label, say, signal, now } = asked;
  say('looking at the columns');
  const seen = await look(duck);
  const aim = await aimAt(duck, seen, label);
  const time = timeColumn(seen, asked.time);
  if (time === aim.column) throw new UserError('the label is the time column', 'name another --label or --time');
  const when = time && (await whenOf(duck, time, now));
  const later = time ? await laterColumns(duck, seen, time) : new Set<string>();
  const known = { seen, aim, when, values: await fewValues(duck, seen) };
  let learnt: Learnt = {
    out: new Map([...later].map((name) => [name, `it lies after ${time?.name}: no request could know it`])),
  };
  for (let tries = 1; ; tries++) {
    say(`trying the plan on the data${tries > 1 ? ` (${tries})` : ''}`);
    const draft = compose(place, known, learnt);
    const snapshot = await renamed(duck, draft, asked.snapshot);
    const trial = { plan: checkPlan(planText(draft)), features: featuresText(draft), snapshot, signal };
    try {
      const found = await tryPlan({ ...trial, asOf: lookBack(draft.when, now) });
      const more = worse(found, draft, learnt);
      if (!more) return { ...draft, testRows: found.testRows, deviation: found.deviation };
      if (tries >= TRIES) throw new Error('the features of a first plan go on being wrong');
      learnt = more;
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === undefined) throw error;
      if (!draft.when)
        throw new UserError(
          `no first plan works on this data: ${trouble.replaceAll(/\s+/g, ' ')}`,
          'mend the data, or choose another label',
        );
      learnt = { ...learnt, notByTime: `split by ${draft.when.column.name}, a part has too little of the label` };
    }
  }
}

type Known = { readonly seen: Seen; readonly aim: Aim; readonly when?: When; readonly values: Draft['values'] };

function compose(
  { copy, ...place }: Place,
  { seen, aim, when: able, values }: Known,
  { out, notByTime }: Learnt,
): Draft {
  const when = notByTime === undefined ? able : undefined;
  const label = slug(aim.column.name, 'label');
  const kept = { ...seen, columns: seen.columns.filter(({ name }) => !out.has(name)) };
  const { features, leftOut, group } = rolesOf(kept, aim, { time: when?.column, byTime: when !== undefined, label });
  const all = [...leftOut, ...[...out].map(([column, why]) => ({ column, why }))];
  if (features.length === 0)
    throw new UserError(
      `no column can be a feature: ${
        all
          .slice(0, 5)
          .map(({ column, why }) => `${column}: ${why}`)
          .join('; ') || 'there is no other column'
      }`,
      'give rows with columns that tell something of the label',
    );
  const used = [
    ...inputsOf({ features }),
    ...(when ? [when.column.name] : []),
    ...(group && !when ? [group.name] : []),
  ];
  const odd = used.some((name) => !isPlain(name));
  const names = odd ? plainNames(seen.columns.map(({ name }) => name)) : new Map<string, string>();
  const changed = [...names].filter(([name, plain]) => name !== plain).map(([name]) => name);
  return {
    ...place,
    uri: odd ? copy : place.uri,
    ...{ seen, aim, label, features, leftOut: all, names, renamed: changed, when, notByTime, values },
    group: when ? undefined : group?.name,
    testRows: Math.round(aim.labelled / 5),
  };
}

/** What a trial asks to be left out besides: leaks, and of too many features those that tell least. */
function worse({ leaks, scores }: Tried, { features }: Draft, learnt: Learnt): Learnt | undefined {
  const columnOf = (feature: string) => features.find(({ name }) => name === feature)?.column ?? feature;
  const out = new Map(learnt.out);
  for (const { name, all } of leaks)
    out.set(
      columnOf(name),
      `alone it tells the label (${all.toFixed(3)} of 1): is it known before? Then write it back, and into prepare.leaks.allow`,
    );
  if (leaks.length === 0 && features.length > MOST_FEATURES) {
    const best = new Map(scores.map(({ name, best }) => [name, best]));
    const ranked = [...features].sort((a, b) => (best.get(b.name) ?? 0) - (best.get(a.name) ?? 0));
    const kept = new Set(ranked.slice(0, MOST_FEATURES).map(({ column }) => column));
    for (const { column } of features)
      if (!kept.has(column)) out.set(column, `${MOST_FEATURES} others tell more of the label, each alone`);
  }
  return out.size === learnt.out.size ? undefined : { ...learnt, out };
}

export const renamedPath = (duck: Duck): string => duck.path('renamed.parquet');

/** The rows with the plan's names, numbered as a snapshot is. */
async function renamed(duck: Duck, { names, renamed: changed }: Draft, snapshot: string): Promise<string> {
  if (changed.length === 0) return snapshot;
  const cells = [...names].map(([name, plain]) => `${identifier(name)} AS ${identifier(plain)}`);
  const path = renamedPath(duck);
  await duck.writeParquet(`SELECT row_id, ${list(cells)} FROM ${TABLE}`, path);
  return path;
}

/** Values of texts that have few. */
async function fewValues(duck: Duck, { columns }: Seen): Promise<Map<string, readonly string[]>> {
  const values = new Map<string, readonly string[]>();
  for (const { name } of columns.filter(isFew).slice(0, 100)) {
    const found = await valuesOf(duck, name, FEW_VALUES);
    values.set(name, found.map(({ value }) => value).sort());
  }
  return values;
}

const isFew = ({ type, distinct, present }: SeenColumn): boolean =>
  type === 'VARCHAR' && distinct <= FEW_VALUES && present > 0;

const lookBack = (when: When | undefined, now: number): string =>
  when?.asOf === undefined ? new Date(now).toISOString() : new Date(when.asOf).toISOString();
