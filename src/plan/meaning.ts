/** What parts of a plan mean to those who use it. Pure. */
import type { Metric, Plan } from './schema.ts';

/** Which way each measure is better. */
export const BETTER: Readonly<Record<Metric, 'maximize' | 'minimize'>> = {
  auc: 'maximize',
  pr_auc: 'maximize',
  log_loss: 'minimize',
  brier: 'minimize',
  calibration_error: 'minimize',
  accuracy: 'maximize',
  precision: 'maximize',
  recall: 'maximize',
  f1: 'maximize',
};

/** What a candidate is called: its name, or its algorithm. */
export const candidateName = (candidate: Plan['train']['candidates'][number]): string =>
  candidate.name ?? candidate.algorithm;
