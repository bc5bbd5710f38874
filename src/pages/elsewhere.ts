/** Where the same is seen from other doors: Temporal's Web UI, the AWS console, the reports. */
import type { Places } from '../api/types.ts';
import { modelWorkflowId, monitorScheduleId, retrainScheduleId, rolloutWorkflowId } from '../names.ts';
import { consoleLinks } from '../operations/consoles.ts';
import { namespaceLink, workflowLink } from '../operations/web-ui.ts';
import { type Html, html } from '../report/html.ts';
import { section } from '../report/page.ts';
import type { ModelStatus } from '../workflows/messages.ts';

/** Only the words where nobody has said where the Web UI is. */
export function temporalLink(places: Places | undefined, workflowId: string, words: string): Html {
  if (!places?.temporalUi) return html`${words}: <code>${workflowId}</code>`;
  return html`<a href="${workflowLink(places.temporalUi, places.namespace, workflowId)}">${words}</a>`;
}

const namespaceOf = (places: Places | undefined): string | undefined =>
  places?.temporalUi && namespaceLink(places.temporalUi, places.namespace);

export function elsewherePart(status: ModelStatus, places?: Places): Html {
  const { model, monitor, dashboard, rollback } = status;
  const base = namespaceOf(places);
  const console = places?.console && consoleLinks(status, places.console.bucket);
  const schedule = (id: string, words: string) =>
    base && html`<a href="${base}/schedules/${encodeURIComponent(id)}">${words}</a>`;
  const links = [
    temporalLink(places, modelWorkflowId(model), 'Its workflow in Temporal'),
    rollback && temporalLink(places, rolloutWorkflowId(model, rollback.label), 'The rollback in Temporal'),
    schedule(retrainScheduleId(model), 'The calendar of its cycles'),
    schedule(monitorScheduleId(model), 'The calendar of its looks'),
    console?.dashboard
      ? html`<a href="${console.dashboard}">Its dashboard in CloudWatch</a>`
      : dashboard && html`Its dashboard in CloudWatch: <code>${dashboard}</code>`,
    console?.bucket && html`<a href="${console.bucket}">Its folder in S3</a>`,
    monitor && html`<a href="/models/${model}/monitoring">The last monitoring report</a>`,
    html`<a href="/v1/models/${model}">The same as JSON</a>, with a token`,
  ].filter((link) => link !== undefined && link !== '');
  return section('Elsewhere', html`<ul>${links.map((link) => html`<li>${link}</li>`)}</ul>`);
}
