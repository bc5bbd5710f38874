/** Addresses in Temporal's Web UI. */

/** Of a namespace; `ui` is where people open the Web UI. */
export const namespaceLink = (ui: string, namespace: string): string =>
  `${ui.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}`;

/** Of a workflow's last run. */
export const workflowLink = (ui: string, namespace: string, workflowId: string): string =>
  `${namespaceLink(ui, namespace)}/workflows/${encodeURIComponent(workflowId)}`;
