/** How well the value of one feature alone tells the label: what its values mean in training, tried on other rows. Pure. */

/** Of one value of the feature, among training rows or among the others (`held`). */
export interface BinCount {
  readonly held: boolean;
  readonly n: number;
  /** Classification: the rows of this class. */
  readonly class?: number;
  /** Regression: sums of the standardized label and of its square. */
  readonly sum?: number;
  readonly squares?: number;
}

type Bins = ReadonlyMap<string, readonly BinCount[]>;

/** A class is judged when so many held rows are of it, and so many are not; beyond doubt are `SURE`. */
const LEAST_OF_CLASS = 10;
const SURE = 50;
/** Rows a value that a copy of the label has at least, on average: of fewer, each would be of one class by itself. */
const ROWS_OF_VALUE = 5;
const LEAST_ROWS = 30;

/** How well a feature tells the label: AUC of a class against all others, or R². */
export interface Told {
  /** Of the class that it tells worst: what a copy of the label tells perfectly. */
  readonly all: number;
  readonly best: number;
  /** The class that it tells best. */
  readonly bestClass?: number;
  /** Rows enough, or each value is of one class alone: no luck of a small sample. */
  readonly sure: boolean;
}

/** Too few rows to tell a leak from luck; `classes` are the rows of each, of a regression none. */
export const tooFew = (classes: readonly number[], rows: number): boolean =>
  rows < LEAST_ROWS || (classes.length > 0 && !classes.some((n) => judged(n, rows)));

const judged = (n: number, rows: number): boolean => enough(n, rows, LEAST_OF_CLASS);
const enough = (n: number, rows: number, least: number): boolean => n >= least && rows - n >= least;

/** One class is often told by one feature in all honesty (a species by its size); all of them hardly ever are. */
export function classesTold(bins: Bins): Told {
  const held = new Map<number, number>();
  for (const { class: one = 0, n } of [...bins.values()].flat().filter((count) => count.held))
    held.set(one, (held.get(one) ?? 0) + n);
  const rows = sum([...held.values()]);
  const judgable = [...held.keys()].filter((one) => judged(held.get(one) ?? 0, rows)).sort((a, b) => a - b);
  const areas = judgable.map((one) => aucOf(bins, one));
  const [all, best] = [Math.min(...areas), Math.max(...areas)];
  const many = judgable.every((one) => enough(held.get(one) ?? 0, rows, SURE));
  return { all, best, bestClass: judgable[areas.indexOf(best)], sure: many || isCode(bins) };
}

/** Few values, each of one class in training and elsewhere. */
function isCode(bins: Bins): boolean {
  const values = [...bins.values()];
  const pure = values.every((counts) => new Set(counts.map((one) => one.class)).size === 1);
  return pure && total(values.flat()) >= ROWS_OF_VALUE * values.length;
}

/** Of one class: values are ranked by their share of it in training, one row of the overall share mixed in. */
function aucOf(bins: Bins, of: number | undefined): number {
  const training = [...bins.values()].flat().filter(({ held }) => !held);
  const prior = total(training.filter((one) => one.class === of)) / total(training);
  const ranked = [...bins.values()]
    .map((counts) => {
      const mine = (held: boolean) => total(counts.filter((one) => one.held === held && one.class === of));
      const all = (held: boolean) => total(counts.filter((one) => one.held === held));
      const score = (mine(false) + prior) / (all(false) + 1);
      return { score, positives: mine(true), negatives: all(true) - mine(true) };
    })
    .sort((a, b) => a.score - b.score);
  let [below, wins, positives, negatives] = [0, 0, 0, 0];
  for (let from = 0, to = 0; from < ranked.length; from = to) {
    while (to < ranked.length && ranked[to]?.score === ranked[from]?.score) to++;
    const tied = ranked.slice(from, to);
    const [up, down] = [sum(tied.map((one) => one.positives)), sum(tied.map((one) => one.negatives))];
    wins += up * (below + down / 2);
    below += down;
    positives += up;
    negatives += down;
  }
  return wins / (positives * negatives);
}

/** R² over the held rows of the training means of their values; an unseen value has the overall mean, 0. */
export function explained(bins: Bins): number {
  let [left, n, mean, squares] = [0, 0, 0, 0];
  for (const counts of bins.values()) {
    const [learnt] = counts.filter(({ held }) => !held);
    const [tried] = counts.filter(({ held }) => held);
    if (!tried) continue;
    const guess = learnt ? (learnt.sum ?? 0) / learnt.n : 0;
    const [own, square] = [tried.sum ?? 0, tried.squares ?? 0];
    left += square - 2 * guess * own + guess * guess * tried.n;
    n += tried.n;
    mean += own;
    squares += square;
  }
  const spread = squares - (mean * mean) / n;
  return spread > 0 ? 1 - left / spread : 0;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const total = (counts: readonly BinCount[]): number => sum(counts.map(({ n }) => n));
