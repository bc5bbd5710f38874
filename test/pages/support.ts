/** A model that has lived, and a browser without a window: it keeps its cookie and says where its forms come from. */
import assert from 'node:assert/strict';
import type { CycleEvent, Views } from '../../src/operations/views.ts';
import type { ModelStatus } from '../../src/workflows/messages.ts';
import { aModel, type Parts, type Person, play } from '../api/support.ts';
import { AN_INSTANT } from '../support/fake-activities.ts';

export const OURS = { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:80' };

export interface Browser {
  get(path: string): Promise<Shown>;
  /** Sends the form, with what the page put into it and what a person wrote. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Shown>;
  readonly cookie: string;
}

export interface Shown {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export const ONCE = 'page-00000000-0000-4000-8000-000000000000';

/** Nobody has signed in yet, unless `as` says who. */
export async function browse(parts: Parts & { as?: Person; cookie?: string } = {}): Promise<Browser> {
  const { api } = await play(parts);
  let cookie = parts.cookie ?? '';
  const send = async (method: 'GET' | 'POST', url: string, headers: object, payload?: string): Promise<Shown> => {
    const all = { ...headers, ...(cookie && { cookie }) } as Record<string, string>;
    const {
      statusCode,
      body,
      headers: got,
    } = await api.inject({ method, url, headers: all, ...(payload !== undefined && { payload }) });
    const set = got['set-cookie'];
    if (typeof set === 'string') cookie = set.split(';')[0] ?? '';
    return { status: statusCode, text: body, headers: got };
  };
  const browser: Browser = {
    get: (path) => send('GET', path, {}),
    post: (path, fields, headers = OURS) =>
      send(
        'POST',
        path,
        { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        new URLSearchParams(fields).toString(),
      ),
    get cookie() {
      return cookie;
    },
  };
  if (parts.as) {
    const { status } = await browser.post('/login', { token: `token-of-${parts.as}` });
    assert.equal(status, 303);
  }
  return browser;
}

const estimate = { value: 0.7, low: 0.6, high: 0.8 };
export const EVALUATION = 'e'.repeat(64);

/** It serves v2, keeps v1, and its third cycle waits for a person. */
export const lived = (more: Partial<ModelStatus> = {}): ModelStatus =>
  aModel('tiny', {
    plan: { hash: 'f'.repeat(64), objective: 'Tell whether x is large.', appliedAt: AN_INSTANT, by: 'ada' },
    champion: { version: 2, since: AN_INSTANT, algorithm: 'xgboost', cycle: 2, metrics: { auc: estimate } },
    versions: [1, 2].map((version) => ({ version, cycle: version, registeredAt: AN_INSTANT })),
    approval: { cycle: 3, evaluation: EVALUATION, since: AN_INSTANT, until: '2026-02-01T00:00:00.000Z' },
    current: {
      ...{ cycle: 3, workflowId: 'model/tiny/cycle/3', trigger: 'drift', by: 'monitor', startedAt: AN_INSTANT },
      progress: {
        ...{
          cycle: 3,
          model: 'tiny',
          trigger: 'drift',
          by: 'monitor',
          asOf: AN_INSTANT,
          planHash: 'f',
          startedAt: AN_INSTANT,
        },
        stage: 'deploy',
        stages: [
          { stage: 'train', state: 'done', startedAt: AN_INSTANT, endedAt: AN_INSTANT, lines: ['xgboost is best'] },
          { stage: 'deploy', state: 'running', startedAt: AN_INSTANT, lines: [] },
        ],
        candidates: [{ candidate: 'xgboost', job: 'tiny-3-xgboost', state: 'done', metrics: { auc: 0.7 }, best: true }],
        evaluation: {
          ...{ sha256: EVALUATION, report: 's3://b/r.html', rows: 1_000, passed: true, challenger: { auc: estimate } },
          ...{ champion: { auc: estimate }, baseline: { auc: estimate } },
          gates: [{ gate: 'auc at least 0.5', held: true, found: '0.7000' }],
        },
      },
    },
    outcomes: [
      {
        ...{ cycle: 2, outcome: 'deployed', trigger: 'person', by: 'ada', asOf: AN_INSTANT, startedAt: AN_INSTANT },
        ...{ endedAt: AN_INSTANT, reason: 'version 2 serves', version: 2 },
      },
    ],
    ...more,
  });

const cycle = (number: number, outcome: string): CycleEvent => ({
  ...{
    kind: 'cycle',
    seq: number,
    at: AN_INSTANT,
    by: 'ada',
    cycle: number,
    trigger: 'person',
    outcome,
    asOf: AN_INSTANT,
  },
  ...{
    startedAt: AN_INSTANT,
    seconds: 75,
    version: number,
    metrics: { auc: estimate },
    objective: 'auc',
    costUsd: 0.5,
    report: 's3://b/r',
  },
});

const SECTION = {
  section: 'data' as const,
  points: 0.5,
  tests: [
    {
      test: 'privacy' as const,
      what: 'Personal data are guarded',
      points: 0.5 as const,
      found: 'by hand',
      mend: 'look',
    },
  ],
};

/** What it left in its bucket. */
export const left = (more: Partial<Views> = {}): Views => ({
  history: async ({ model }) => ({ model, events: [cycle(2, 'deployed'), cycle(1, 'deployed')] }),
  audit: async ({ model }) => ({
    model,
    chain: { entries: 120, head: 'h', broken: [] },
    entries: Array.from({ length: 120 }, (_, at) => ({
      ...{ seq: at + 1, previous: 'p', hash: 'h', at: AN_INSTANT, event: 'serving', by: 'ada', facts: { version: at } },
    })),
  }),
  score: async ({ model }) => ({
    ...{ model, version: 2, score: 0.5, meaning: 'tested here and there', sections: [SECTION] },
  }),
  contests: async () => [
    { cycle: 1, at: AN_INSTANT, outcome: 'deployed', version: 1, metric: 'auc', challenger: estimate },
    {
      cycle: 2,
      at: AN_INSTANT,
      outcome: 'deployed',
      version: 2,
      metric: 'auc',
      challenger: estimate,
      champion: estimate,
    },
  ],
  passes: async () => [
    {
      ...{
        id: 'a',
        version: 2,
        from: AN_INSTANT,
        to: AN_INSTANT,
        requests: 10,
        labelled: 0,
        quality: {},
        alarms: 1,
        warnings: 0,
      },
      drift: {
        ...{ method: 'psi', warn: 0.1, alarm: 0.25 },
        columns: [
          { column: 'x', value: 0.3, state: 'alarm' },
          { column: 'z', value: 0.01, state: 'calm' },
        ],
      },
    },
  ],
  alarms: async () => [{ name: 'errors', state: 'ALARM', since: AN_INSTANT, description: 'too many errors' }],
  report: async ({ model }) => ({ model, kind: 'evaluation', uri: 's3://b/r', html: '<title>The report</title>' }),
  ...more,
});
