/** The code of the workflows: the sources as a worker bundles them, or a bundle made beforehand. */
import { fileURLToPath } from 'node:url';
import { type BundleOptions, bundleWorkflowCode, type WorkerOptions } from '@temporalio/worker';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const workflowsPath = here('../workflows/index.ts');
const interceptorPaths = [here('../workflows/steady.ts')];

/** `bundle` is one that was made beforehand; `more` are interceptors of other kinds. */
export function workflowCode(
  bundle?: NonNullable<WorkerOptions['workflowBundle']>,
  more: WorkerOptions['interceptors'] = {},
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors'> {
  if (bundle) return { workflowBundle: bundle, interceptors: more };
  return { workflowsPath, interceptors: { ...more, workflowModules: interceptorPaths } };
}

export const bundleWorkflows = (options: Omit<BundleOptions, 'workflowsPath' | 'workflowInterceptorModules'> = {}) =>
  bundleWorkflowCode({ ...options, workflowsPath, workflowInterceptorModules: interceptorPaths });
