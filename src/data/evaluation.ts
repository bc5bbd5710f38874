/** Everything that is measured of a challenger, and of the champion beside it, on the same rows. What evaluation.json holds. */
import type {
  GateResult,
  LabelSummary,
  Metrics,
  ModelFacts,
  ObjectRef,
  Prepared,
  SourceRef,
  Target,
} from '../activities/types.ts';
import { metricsOf } from '../plan/meaning.ts';
import type { Plan } from '../plan/schema.ts';
import { bootstrap, estimate, improvements, type Replicates } from './bootstrap.ts';
import { holdBaseline, holdGate, type Scored } from './gates.ts';
import { direction, type Measurable, type MeasureName, valueIn } from './measures.ts';
import type { Importance } from './model-facts.ts';
import { type ModelScores, modelScores } from './model-scores.ts';
import { alignClasses, constantScores, measurableRows, type Scores } from './scores.ts';
import { measureSlices, type Slice, type SliceValue } from './slices.ts';

export interface Judgement {
  readonly target: Target;
  readonly rows: number;
  readonly bootstrap: { readonly replicates: number; readonly seed: number; readonly level: 0.95 };
  readonly challenger: ModelScores;
  readonly champion?: ModelScores;
  /** Always answering with the training part's shares, or its mean. */
  readonly baseline: ModelScores;
  /** How much better the challenger is, in the metric's better direction, with a paired 95 % interval. */
  readonly improvements?: Metrics;
  /** How much better the challenger is than the baseline. */
  readonly overBaseline: Metrics;
  /** The largest slices of each column; `measures` are null where undefined. */
  readonly slices: readonly Slice[];
  /** How many values each sliced column has. */
  readonly sliceCounts: Readonly<Record<string, number>>;
  readonly gates: readonly GateResult[];
  readonly passed: boolean;
}

export interface EvaluationDetails extends Judgement {
  readonly format: 1;
  readonly model: string;
  readonly cycle: number;
  readonly asOf: string;
  readonly objective: string;
  readonly planHash: string;
  readonly facts: ModelFacts;
  readonly importance?: Importance;
  readonly data: {
    readonly inputs: ObjectRef;
    readonly labels: ObjectRef;
    readonly challenger: readonly ObjectRef[];
    readonly champion?: readonly ObjectRef[];
    /** The snapshots that all was made of, and what the challenger learnt from; earlier evaluations did not tell. */
    readonly sources?: readonly SourceRef[];
    readonly train?: ObjectRef;
    readonly validation?: ObjectRef;
    readonly transform?: ObjectRef;
  };
  readonly rowsOf?: Prepared['rows'];
  readonly features?: readonly string[];
  /** Of a tuned candidate, the hyperparameters of its best trial. */
  readonly trained?: {
    readonly candidate: string;
    readonly algorithm: string;
    readonly hyperparameters: Readonly<Record<string, unknown>>;
  };
  /** What a newly deployed version is asked first, and what it must answer. */
  readonly smoke: { readonly instances: readonly unknown[]; readonly predictions: readonly unknown[] };
}

export interface TestRows {
  readonly labels: ArrayLike<number>;
  /** The columns that slices are cut by, row by row. */
  readonly columns: Readonly<Record<string, readonly SliceValue[]>>;
}

export interface Candidate {
  /** As people call it: "xgboost (challenger)", "version 3 (champion)". */
  readonly name: string;
  readonly scores: Scores;
}

/** A report shows so many slices of a column; gates see all. */
const SHOWN = 50;

interface Measured extends Scored {
  readonly name: string;
  readonly rows: Measurable;
  readonly scores: Scores;
}

/** Scores all on the same rows and holds the plan's gates. `training` is the label in the training part, `noChampion` says why there is none. Throws `MeasureError` on rows that cannot be measured. */
export async function judgeModels(
  plan: Plan,
  rows: TestRows,
  training: LabelSummary,
  challenger: Candidate,
  champion: Candidate | undefined,
  breathe: () => Promise<void>,
  noChampion = 'there is no champion yet',
): Promise<Judgement> {
  const { gates, slices: reported } = plan.evaluate;
  const { seed } = plan.train;
  const { target } = challenger.scores;
  const constant = { name: baselineName(target), scores: constantScores(target, training, rows.labels.length) };
  const old = champion && { ...champion, scores: alignClasses(champion.scores, target) };
  const [mine, baseline, theirs] = await measureAll(rows, [challenger, constant, ...(old ? [old] : [])], seed, breathe);
  if (!mine || !baseline) throw new RangeError('there is no challenger');

  const slices = new Map<string, Slice[]>();
  for (const column of slicedColumns(plan)) {
    const part = (some: readonly number[]) => measurableRows(rows.labels, challenger.scores, some);
    slices.set(
      column,
      await measureSlices(column, rows.columns[column] ?? [], part, { seed, intervals: SHOWN, breathe }),
    );
  }
  const { metric } = plan.train.objective;
  const beaten = plan.evaluate.baseline === 'required' ? [holdBaseline(metric, answerOf(target), mine, baseline)] : [];
  const results = [
    ...beaten,
    ...gates.map((gate) =>
      holdGate(gate, mine, theirs ?? noChampion, ('slice' in gate && gate.slice && slices.get(gate.slice)) || []),
    ),
  ];
  return {
    target,
    rows: rows.labels.length,
    bootstrap: { replicates: Object.values(mine.replicates)[0]?.length ?? 0, seed, level: 0.95 },
    challenger: modelScores(mine),
    ...(theirs && { champion: modelScores(theirs), improvements: gains(mine, theirs) }),
    baseline: modelScores(baseline),
    overBaseline: gains(mine, baseline),
    slices: slicedColumns(plan)
      .filter((column) => reported.includes(column))
      .flatMap((column) => slices.get(column)?.slice(0, SHOWN) ?? []),
    sliceCounts: Object.fromEntries([...slices].map(([column, all]) => [column, all.length])),
    gates: results,
    passed: results.every((result) => result.held),
  };
}

/** The measures over all rows, without those of single classes. */
export function overall(plan: Plan, metrics: Metrics): Metrics {
  return Object.fromEntries(metricsOf(plan).flatMap((name) => (metrics[name] ? [[name, metrics[name]]] : [])));
}

async function measureAll(
  { labels }: TestRows,
  models: readonly Candidate[],
  seed: number,
  breathe: () => Promise<void>,
): Promise<Measured[]> {
  const measurable = models.map(({ scores }) => measurableRows(labels, scores));
  const replicates = await bootstrap(measurable, { seed, breathe });
  return models.map(({ name, scores }, i) => {
    const rows = measurable[i] as Measurable;
    return { name, scores, rows, measures: rows.measure(), replicates: replicates[i] as Replicates };
  });
}

const answerOf = ({ problem }: Target): string =>
  problem === 'regression' ? "the training part's mean" : "the training part's shares";
const baselineName = (target: Target): string => `${answerOf(target)} (baseline)`;

/** Every column that the plan cuts slices by, to report them or to hold a gate. */
export function slicedColumns({ evaluate }: Plan): string[] {
  const gated = evaluate.gates.flatMap((gate) => ('slice' in gate && gate.slice ? [gate.slice] : []));
  return [...new Set([...evaluate.slices, ...gated])];
}

function gains(mine: Scored, theirs: Scored): Metrics {
  const found = Object.keys(mine.replicates).map((name: MeasureName) => {
    const gain = direction(name) * (valueIn(mine.measures, name) - valueIn(theirs.measures, name));
    return [name, estimate(gain, improvements(name, mine.replicates, theirs.replicates))] as const;
  });
  return Object.fromEntries(found.filter(([, gain]) => gain !== undefined));
}
