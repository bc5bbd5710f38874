/** Asks an endpoint for predictions. */
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { call } from './errors.ts';

/** The answer's text. `variant` picks one of several; left out, the endpoint's weights do. `id` is what captures know it by. */
export async function invoke(
  runtime: SageMakerRuntimeClient,
  where: { endpoint: string; variant?: string; id?: string },
  body: string,
): Promise<string> {
  const what = `InvokeEndpoint ${where.endpoint}${where.variant ? `/${where.variant}` : ''}`;
  const answer = await call(what, () =>
    runtime.send(
      new InvokeEndpointCommand({
        EndpointName: where.endpoint,
        ...(where.variant ? { TargetVariant: where.variant } : {}),
        ...(where.id ? { InferenceId: where.id } : {}),
        ContentType: 'application/json',
        Accept: 'application/json',
        Body: Buffer.from(body),
      }),
    ),
  );
  return Buffer.from(answer.Body ?? []).toString('utf8');
}
