/** Asks an endpoint for predictions. */
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { call } from './errors.ts';

export interface Asked {
  readonly endpoint: string;
  /** One of several; left out, the endpoint's weights pick one. */
  readonly variant?: string;
  /** What captures know the request by. */
  readonly id?: string;
  /** JSON when left out. */
  readonly accept?: string;
}

/** The answer's text. */
export async function invoke(runtime: SageMakerRuntimeClient, where: Asked, body: string): Promise<string> {
  const what = `InvokeEndpoint ${where.endpoint}${where.variant ? `/${where.variant}` : ''}`;
  const answer = await call(what, () =>
    runtime.send(
      new InvokeEndpointCommand({
        EndpointName: where.endpoint,
        ...(where.variant ? { TargetVariant: where.variant } : {}),
        ...(where.id ? { InferenceId: where.id } : {}),
        ContentType: 'application/json',
        Accept: where.accept ?? 'application/json',
        Body: Buffer.from(body),
      }),
    ),
  );
  return Buffer.from(answer.Body ?? []).toString('utf8');
}
