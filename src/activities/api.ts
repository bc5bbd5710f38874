/** Deploy: the prediction API in front of a model's endpoint. */
import { cancellationSignal } from '@temporalio/activity';
import { apiUrl, ensureApi } from '../aws/api.ts';
import { gatewayCode, HANDLER } from '../aws/gateway-code.ts';
import { ensureFunction } from '../aws/lambda.ts';
import { apiName, keys } from '../names.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';

/** Seconds; below the 29 that API Gateway waits. */
const FUNCTION_TIMEOUT = 25;
/** Milliseconds that the function waits for the endpoint; the rest is for its own answer. */
const INVOKE_TIMEOUT = 20_000;
const MEMORY_MIB = 512;

export const apiActivities = (deps: Deps): Pick<Activities, 'ensureApi'> => ({
  async ensureApi({ frozen, endpoint }) {
    const { aws, config, log } = deps;
    const { model } = frozen.plan;
    const { rate, burst } = frozen.plan.deploy.api;
    const functionName = apiName(model);

    const functionArn = await ensureFunction(
      aws.lambda,
      {
        name: functionName,
        model,
        role: config.lambdaRoleArn,
        handler: HANDLER,
        code: await gatewayCode(),
        environment: {
          PERENNIAL_ENDPOINT: endpoint,
          PERENNIAL_INVOKE_TIMEOUT_MS: String(INVOKE_TIMEOUT),
          PERENNIAL_BUCKET: config.bucket,
          PERENNIAL_GROUND_TRUTH: keys.groundTruth(model),
          PERENNIAL_PROBLEM: frozen.plan.problem,
        },
        timeout: FUNCTION_TIMEOUT,
        memory: MEMORY_MIB,
      },
      cancellationSignal(),
    );
    const { apiId, keyId } = await ensureApi(aws, { model, functionName, functionArn, throttle: { rate, burst } });
    const url = apiUrl(config.apiUrl, config.region, apiId, 'predictions');
    log.info({ model, url, apiId, keyId }, 'prediction API is ready');
    return { url, apiId, keyId };
  },
});
