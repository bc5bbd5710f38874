/** The end of a model: what serves and watches it goes, what it knew stays (data, artifacts, ledger, registry). */
import { describeEndpoint } from '../aws/endpoints.ts';
import { deleteOwned, listOwned, OWNED_KINDS, type OwnedKind } from '../aws/owned.ts';
import { notYet } from '../failures.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { reporting } from './progress.ts';

/** The topic stays: the last notice is still to be delivered by it. The sweeper takes it later. */
const KINDS = OWNED_KINDS.filter((kind): kind is Exclude<OwnedKind, 'topic'> => kind !== 'topic');

export const removeActivities = ({ aws, log }: Deps): Pick<Activities, 'removeModel' | 'watchGone'> => ({
  removeModel: ({ model, endpoint }) =>
    reporting(`removing what serves ${model}`, async ({ say, signal }) => {
      const removed: string[] = [];
      for (const kind of KINDS) {
        say(`removing each ${kind} of ${model}`);
        const ours = (await listOwned(aws, kind)).filter((one) => one.model === model);
        for (const thing of ours) {
          signal.throwIfAborted();
          if (kind === 'endpoint' && thing.name !== endpoint)
            log.warn(
              { model, endpoint: thing.name },
              'another endpoint carries the tag of the model: it is removed, too',
            );
          if (await deleteOwned(aws, thing)) removed.push(`${kind} ${thing.name}`);
        }
      }
      log.info({ model, removed }, 'what served the model is removed');
      return { removed };
    }),

  async watchGone({ endpoint }) {
    const found = await describeEndpoint(aws.sagemaker, endpoint);
    if (found) throw notYet(`endpoint ${endpoint} is ${found.EndpointStatus ?? 'still there'}`);
  },
});
