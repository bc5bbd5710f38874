/** What a model says about itself: model.json inside model.tar.gz, as container/artifact.py writes it. */
import { list } from 'tar';
import { z } from 'zod';
import type { ModelFacts } from '../activities/types.ts';
import { PROBLEMS } from '../plan/metrics.ts';
import { PredictionError } from './predictions.ts';

const MOST_BYTES = 4 * 1024 * 1024;

const importance = z.object({
  measure: z.enum(['log_loss', 'rmse']),
  rows: z.int().positive(),
  increase: z.record(z.string(), z.number()),
});

/** By how much a measure grows when a feature's values are shuffled among `rows` validation rows. */
export type Importance = z.infer<typeof importance>;

export interface ModelDescription {
  readonly facts: ModelFacts;
  /** Absent of scripts of one's own, and where features are very many or rows very few. */
  readonly importance?: Importance;
}

const description = z.object({
  format: z.literal(2),
  problem: z.enum(PROBLEMS),
  classes: z.array(z.string()).min(2).optional(),
  threshold: z.number().min(0).max(1).optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  importance: importance.optional(),
});

/** Throws `PredictionError` when there is none, or not one of ours. */
export async function readModel(archive: string): Promise<ModelDescription> {
  const text = await descriptionIn(archive);
  if (text === undefined) throw new PredictionError('there is no model.json in it: it is no artifact of train.py');
  const read = description.safeParse(json(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new PredictionError(`model.json: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { sha256, problem, classes, threshold } = read.data;
  const target = { problem, ...(classes && { classes }) };
  return {
    facts: { sha256, target, ...(threshold !== undefined && { threshold }) },
    ...(read.data.importance && { importance: read.data.importance }),
  };
}

async function descriptionIn(file: string): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let found = false;
  await list({
    file,
    onReadEntry(entry) {
      if (entry.path.replace(/^\.\//, '') !== 'model.json') return entry.resume();
      found = true;
      if (entry.size > MOST_BYTES) throw new PredictionError(`model.json has ${entry.size} bytes`);
      entry.on('data', (data: Buffer) => parts.push(data));
    },
  });
  return found ? Buffer.concat(parts).toString('utf8') : undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
