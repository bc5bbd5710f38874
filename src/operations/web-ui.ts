/** Addresses in Temporal's Web UI. */
import { cycleWorkflowId, modelWorkflowId } from '../names.ts';
import { temporalSettings } from '../temporal/settings.ts';

/** Of a namespace; `ui` is where people open the Web UI. */
export const namespaceLink = (ui: string, namespace: string): string =>
  `${ui.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}`;

/** Of a workflow's last run. */
export const workflowLink = (ui: string, namespace: string, workflowId: string): string =>
  `${namespaceLink(ui, namespace)}/workflows/${encodeURIComponent(workflowId)}`;

/** A model, or one of its cycles → its address; undefined when nobody said where the Web UI is. */
export type WebUi = (what: { readonly model: string; readonly cycle?: number }) => string | undefined;

export function webUiAt(ui: string | undefined, namespace?: string): WebUi {
  if (!ui) return () => undefined;
  const space = namespace ?? temporalSettings().namespace;
  return ({ model, cycle }) =>
    workflowLink(ui, space, cycle === undefined ? modelWorkflowId(model) : cycleWorkflowId(model, cycle));
}
