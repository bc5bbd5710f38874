/** How many instances of a type an account may run at once in SageMaker, by what for. */
import { paginateListServiceQuotas, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { call } from './errors.ts';
import { hurried } from './identity.ts';
import type { Work } from './instances.ts';

const CALLED: Readonly<Record<Work, string>> = {
  training: 'training job usage',
  'batch transform': 'transform job usage',
  hosting: 'endpoint usage',
};

/** Of each use the quota; undefined where the account has no such one. Throws as every call does. */
export async function instanceQuotas(
  region: string,
  uses: readonly { type: string; work: Work }[],
): Promise<(number | undefined)[]> {
  const client = new ServiceQuotasClient(hurried(region));
  try {
    const quotas = new Map<string, number>();
    await call('ListServiceQuotas', async () => {
      for await (const page of paginateListServiceQuotas({ client, pageSize: 100 }, { ServiceCode: 'sagemaker' }))
        for (const { QuotaName = '', Value } of page.Quotas ?? [])
          if (Value !== undefined) quotas.set(QuotaName, Value);
    });
    return uses.map(({ type, work }) => quotas.get(`${type} for ${CALLED[work]}`));
  } finally {
    client.destroy();
  }
}
