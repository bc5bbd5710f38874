/** The schemas of answers say the same as the types of the code: checked by the compiler, both ways, to the last optional field. */
import type { z } from 'zod';
import type { BacktestResult } from '../../src/activities/backtest-types.ts';
import type * as cli from '../../src/cli/shapes.ts';
import type { CycleDetails } from '../../src/operations/cycle.ts';
import type { Predicted } from '../../src/operations/predict.ts';
import type * as shapes from '../../src/operations/shapes/index.ts';
import type { Swept } from '../../src/operations/sweep.ts';
import type { ModelSummary } from '../../src/operations/types.ts';
import type { Build } from '../../src/operations/versions.ts';
import type { Replayed } from '../../src/temporal/replay.ts';
import type {
  CycleOutcome,
  CycleProgress,
  ModelStatus,
  MonitorResult,
  RollbackStarted,
  RolloutProgress,
  WishAnswer,
} from '../../src/workflows/shapes.ts';

/** The same type written out: no `readonly`, no intersections, no difference between a missing and an undefined field. */
type Plain<T> = T extends readonly (infer One)[]
  ? Plain<One>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T;
type Same<A, B> = (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;
type Said<Shape extends keyof typeof shapes> = z.output<(typeof shapes)[Shape]>;
type Printed<Shape extends keyof typeof cli> = z.output<(typeof cli)[Shape]>;

export const agreed: readonly [
  Same<Said<'modelStatus'>, ModelStatus>,
  Same<Said<'cycleProgress'>, CycleProgress>,
  Same<Said<'rolloutProgress'>, RolloutProgress>,
  Same<Said<'cycleOutcome'>, CycleOutcome>,
  Same<Said<'cycleDetails'>, CycleDetails>,
  Same<Said<'modelSummary'>, ModelSummary>,
  Same<Said<'monitorResult'>, MonitorResult>,
  Same<Said<'rollbackStarted'>, RollbackStarted>,
  Same<Said<'wishAnswer'>, WishAnswer>,
  Same<Said<'predicted'>, Predicted>,
  Same<Said<'swept'>, Swept>,
  Same<Printed<'backtested'>, BacktestResult>,
  Same<Printed<'builds'>, Build[]>,
  Same<Printed<'replayed'>, Replayed>,
  Same<Printed<'rolledBack'>, NonNullable<ModelStatus['lastRollback']>>,
  Same<Printed<'retired'>['ledger'], ModelStatus['ledger']>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true];
