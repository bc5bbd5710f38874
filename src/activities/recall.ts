/** What a model was, when Temporal knows nothing of it any more: from its ledger, its plans and reports in S3, and SageMaker. */

import { shapeOf } from '../aws/endpoint-shapes.ts';
import { describeEndpoint } from '../aws/endpoints.ts';
import { readLedger, verifyLedger } from '../aws/ledger.ts';
import { endpointName, keys } from '../names.ts';
import type { MonitorSummary } from '../workflows/shapes.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { remembered } from './remembered.ts';
import type { FrozenPlan } from './types.ts';

export const recallActivities = ({ aws, store }: Deps): Pick<Activities, 'recall'> => ({
  async recall({ model }) {
    const entries = await readLedger(store, model);
    // Names of jobs are made of the cycle's number: one that left anything behind is not used again.
    const used = (await store.folders(`${keys.model(model)}/cycles/`)).map(Number).filter(Number.isInteger);
    if (entries.length === 0 && used.length === 0) return undefined;
    const known = remembered(entries);
    const problems = [...known.problems, ...verifyLedger(entries).map((wrong) => `the ledger: ${wrong}`)];

    const plans = new Map<string, FrozenPlan>();
    for (const hash of new Set([known.plan?.hash, known.serving?.planHash])) {
      if (hash === undefined) continue;
      const uri = store.uri(keys.plan(model, hash));
      if (await store.head(uri)) plans.set(hash, JSON.parse(await store.getText(uri)) as FrozenPlan);
      else problems.push(`the plan ${hash.slice(0, 12)} is not in the bucket: apply it again`);
    }
    const endpoint = await describeEndpoint(aws.sagemaker, endpointName(model));
    return {
      ...known,
      cycles: Math.max(known.cycles, ...used),
      problems,
      frozen: plans.get(known.plan?.hash ?? ''),
      servingPlan: plans.get(known.serving?.planHash ?? ''),
      endpoint: endpoint && {
        status: endpoint.EndpointStatus ?? 'unknown',
        shape: shapeOf(endpoint),
      },
      monitored: await lastReport(store, model),
    };
  },
});

async function lastReport(store: Deps['store'], model: string): Promise<MonitorSummary | undefined> {
  const id = (await store.folders(`${keys.model(model)}/monitor/`)).sort().at(-1);
  if (id === undefined) return undefined;
  const uri = store.uri(keys.monitor(model, id, 'monitoring.json'));
  // A pass that died between its writes: the next one looks at its window again.
  if (!(await store.head(uri))) return undefined;
  const { version, from, to, captured, quality, findings, memory } = JSON.parse(await store.getText(uri));
  return {
    ...{ id, version, from, to, requests: captured.requests, labelled: quality.labelled, findings, memory },
    quality: quality.scores?.metrics ?? {},
    report: store.uri(keys.monitor(model, id, 'monitoring.html')),
  };
}
