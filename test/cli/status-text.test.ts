import assert from 'node:assert/strict';
import { statusText } from '../../src/cli/status-text.ts';
import { webUiAt } from '../../src/operations/web-ui.ts';
import { newModel } from '../../src/workflows/state.ts';
import { statusOf } from '../../src/workflows/status.ts';

const AT = '2026-01-01T00:00:00.000Z';

describe('the status of a model as text', () => {
  it("leads to the model in Temporal's Web UI, and to the cycle while one runs", () => {
    const quiet = statusOf(newModel('rides'), AT);
    const link = webUiAt('http://127.0.0.1:8233/', 'my-team');
    assert.match(
      statusText(quiet, link),
      /Web UI +http:\/\/127\.0\.0\.1:8233\/namespaces\/my-team\/workflows\/model%2Frides$/m,
    );
    const current = {
      cycle: 7,
      workflowId: 'model/rides/cycle/7',
      trigger: 'person',
      by: 'ann',
      startedAt: AT,
    } as const;
    assert.match(statusText({ ...quiet, current }, link), /workflows\/model%2Frides%2Fcycle%2F7$/m);
  });

  it('says nothing of a Web UI that nobody named', () => {
    assert.doesNotMatch(statusText(statusOf(newModel('rides'), AT)), /Web UI/);
  });
});
