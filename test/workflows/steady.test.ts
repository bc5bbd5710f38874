import assert from 'node:assert/strict';
import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { neverAhead, neverSilent } from '../../src/workflows/steady.ts';

type Activation = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0]['activation'];
type Command = Parameters<NonNullable<WorkflowInternalsInterceptor['concludeActivation']>>[0]['commands'][number];

/** What the core hands over: news of the history up to an event, at the time at which a task began. */
const news = (second: number, historyLength: number, more: Activation = {}): Activation => ({
  timestamp: { seconds: second as never, nanos: 5 },
  historyLength,
  isReplaying: false,
  jobs: [{ resolveActivity: {} }],
  ...more,
});
const query: Activation = { isReplaying: true, jobs: [{ queryWorkflow: {} }] };

const plays = (one: WorkflowInternalsInterceptor, activation: Activation): boolean => {
  let played = false;
  one.activate?.({ activation, batchIndex: 0 }, () => {
    played = true;
  });
  return played;
};

describe('a workflow that a worker does not remember', () => {
  it('is not played beyond its last task for a query', () => {
    const one = neverAhead();
    assert.ok(plays(one, news(1, 10, { isReplaying: true })));
    assert.throws(() => plays(one, news(1, 13)), /ask again/);
  });

  it('is played task by task, and answers queries between', () => {
    const one = neverAhead();
    for (const activation of [
      news(1, 3, { isReplaying: true }),
      news(2, 9, { isReplaying: true }),
      query,
      news(3, 14),
      query,
      news(3, 14, { jobs: [{ resolveRequestCancelExternalWorkflow: {} }] }),
      news(4, 17),
    ])
      assert.ok(plays(one, activation));
  });
});

describe('a task of a model', () => {
  const concluded = (jobs: Activation['jobs'], commands: Command[]) => {
    const one = neverSilent();
    plays(one, news(1, 3, { jobs }));
    return one.concludeActivation?.({ commands }, (input) => input).commands.length;
  };

  it('has a command when something was heard that the history tells', () => {
    assert.equal(concluded([{ resolveActivity: {} }], []), 1);
    assert.equal(concluded([{ signalWorkflow: {} }], []), 1);
    assert.equal(concluded([{ resolveActivity: {} }, { doUpdate: {} }], [{ updateResponse: { rejected: {} } }]), 2);
  });

  it('has no more than it asked for by itself', () => {
    assert.equal(concluded([{ resolveActivity: {} }], [{ scheduleActivity: {} }]), 1);
    assert.equal(concluded([{ doUpdate: {} }], [{ updateResponse: { accepted: {} } }]), 1);
  });

  it('has none for a query, or an update that is refused: the history tells nothing of them', () => {
    assert.equal(concluded([{ queryWorkflow: {} }], []), 0);
    assert.equal(concluded([{ doUpdate: {} }], [{ updateResponse: { rejected: {} } }]), 1);
  });
});
