/** What follows from a change of a plan: what is otherwise at once, and what with the next cycle. Pure. */

/** The stages of a cycle that a change may reach, in their order. */
export const REACHED = ['plan', 'collect', 'prepare', 'train', 'evaluate', 'deploy'] as const;
export type Reached = (typeof REACHED)[number];

export const WHENS = ['at once', 'with the next pass', 'with the next cycle', 'with the next deployment'] as const;

export interface Consequence {
  readonly when: (typeof WHENS)[number];
  readonly what: string;
}

interface Rule extends Consequence {
  /** The beginning of the paths that it is about; the first rule that fits counts. */
  readonly path: string;
  /** From this stage on the next cycle does otherwise; the data and models before it are the same. */
  readonly from?: Reached;
}

const cycle = (path: string, from: Reached, what: string): Rule => ({ path, from, when: 'with the next cycle', what });
const deployment = (path: string, what: string): Rule => ({
  ...{ path, from: 'deploy', when: 'with the next deployment', what },
});

const RULES: readonly Rule[] = [
  { path: 'retrain.schedule', when: 'at once', what: 'the calendar of retraining is set anew' },
  { path: 'retrain.timeZone', when: 'at once', what: 'the calendar of retraining is set anew' },
  { path: 'retrain', when: 'at once', what: 'cooldown, debounce and budgets are reckoned anew for what waits' },
  { path: 'monitor.every', when: 'at once', what: 'the calendar of monitoring is set anew' },
  deployment('monitor.notify', 'who is told (the topic and its subscriptions)'),
  {
    path: 'monitor.service',
    when: 'with the next pass',
    what: 'the service is judged by it (its alarms in CloudWatch and the dashboard: with the next deployment)',
  },
  {
    path: 'monitor.drift',
    when: 'with the next pass',
    what: 'drift is judged by it (its alarm in CloudWatch: with the next deployment)',
  },
  {
    path: 'monitor.quality',
    when: 'with the next pass',
    what: 'quality is judged by it (its alarm in CloudWatch: with the next deployment)',
  },
  { path: 'monitor', when: 'with the next pass', what: 'monitoring judges by it' },
  { path: 'owner', when: 'at once', what: 'who owns it' },
  { path: 'tested', when: 'at once', what: 'what its ML Test Score counts as tested by hand' },
  { path: 'objective', when: 'at once', what: 'what is told of its purpose' },
  cycle('problem', 'prepare', 'labels are read as another kind of problem'),
  cycle('collect', 'collect', 'other snapshots, or other expectations of them'),
  {
    ...{ path: 'prepare.inputs', from: 'prepare', when: 'with the next deployment' },
    what: 'requests carry other fields, and for a while two versions answer: let what is new be left out ("name?"), and name what is gone in prepare.ignore, until all who ask have changed',
  },
  {
    ...{ path: 'prepare.ignore', from: 'prepare', when: 'with the next deployment' },
    what: 'requests may carry other fields that nothing reads',
  },
  cycle('prepare', 'prepare', 'other features, or another split of the rows'),
  cycle('train.budget', 'plan', 'another limit of what a cycle may cost'),
  cycle('train', 'train', 'other candidates, or other training of them'),
  cycle('evaluate.threshold', 'train', 'the threshold is chosen anew'),
  cycle('evaluate', 'evaluate', 'other gates or slices'),
  cycle('approve', 'deploy', 'who must agree, and how long that is waited for'),
  deployment('deploy.instance', 'the instances of the endpoint'),
  deployment('deploy.scaling', 'how the endpoint scales'),
  deployment('deploy.api', 'the limits of the API (rate, burst)'),
  deployment('deploy.capture', 'the share of requests that is captured'),
  deployment('deploy.rollout', 'the steps and limits of the canary'),
  deployment('deploy', 'how versions are deployed and kept'),
];

/** Each once, what is at once before the rest; and the stages of the next cycle that do otherwise. */
export function consequencesOf(paths: readonly string[]): { follows: Consequence[]; stages: Reached[] } {
  const rules = new Set(paths.flatMap((path) => RULES.find((rule) => within(path, rule.path)) ?? []));
  const seen = new Map([...rules].map(({ when, what }) => [`${when} ${what}`, { when, what }]));
  const follows = [...seen.values()].sort((a, b) => WHENS.indexOf(a.when) - WHENS.indexOf(b.when));
  const first = Math.min(...[...rules].flatMap(({ from }) => (from && from !== 'plan' ? REACHED.indexOf(from) : [])));
  const limited = [...rules].some(({ from }) => from === 'plan');
  const stages = REACHED.filter((stage, at) => at >= first || (limited && stage === 'plan'));
  return { follows, stages };
}

const within = (path: string, begin: string): boolean =>
  path === begin || (/^[.[]/.test(path.slice(begin.length)) && path.startsWith(begin));
