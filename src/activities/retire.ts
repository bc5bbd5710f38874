/** Clears away what no longer serves and cannot be returned to. */
import { configsOf, deleteConfig, modelsOf } from '../aws/endpoint-configs.ts';
import { describeEndpoint } from '../aws/endpoints.ts';
import { deleteModel } from '../aws/models.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';

export const retireActivities = ({ aws: { sagemaker }, log }: Deps): Pick<Activities, 'retireVersions'> => ({
  /**
   * Deletes the retired versions' SageMaker models, and first the endpoint configs that refer to them. What the endpoint is
   * on or heads for stays, and so does every model that a config that stays, or a kept version, refers to: they are looked
   * up, not remembered.
   */
  async retireVersions({ model, endpoint, keep, retire }) {
    const kept = new Set(keep.map(({ modelName }) => modelName));
    const leaving = new Set(retire.map(({ modelName }) => modelName).filter((name) => !kept.has(name)));
    const configs = await configsOf(sagemaker, model);
    const found = await describeEndpoint(sagemaker, endpoint);
    const live = new Set([found?.EndpointConfigName, found?.PendingDeploymentSummary?.EndpointConfigName]);
    const inUse = new Set<string>();
    for (const config of configs) {
      const name = config.EndpointConfigName ?? '';
      const models = modelsOf(config);
      if (!live.has(name) && models.some((one) => leaving.has(one))) await deleteConfig(sagemaker, name);
      else for (const one of models) inUse.add(one);
    }
    for (const name of leaving) {
      if (inUse.has(name)) log.warn({ name, endpoint }, 'a retired model is still referred to: left as it is');
      else await deleteModel(sagemaker, name);
    }
  },
});
