import fc from 'fast-check';
import { newWorld, type World } from '../data/support.ts';
import { long } from '../support/long.ts';
import { cases, endOf } from './data-cases.ts';
import { fuzzing } from './runs.ts';
import { type Serving, startServing } from './serving.ts';
import { PROBLEMS } from './stories.ts';
import { forget } from './through.ts';

describe('data broken at random', function () {
  this.timeout(0);
  let world: World;
  let serving: Serving;
  before(async () => {
    world = await newWorld();
    serving = startServing();
  });
  after(async () => {
    serving.stop();
    await world.remove();
  });

  for (const problem of PROBLEMS)
    it(`are prepared whole and served as trained, or refused with a place and a mend: ${problem}${long(problem !== 'binary')}`, async () => {
      const property = fc.asyncProperty(cases, async (one) => {
        await endOf(world, serving, problem, one);
        await forget(world);
      });
      // What was done is told by the case: making it smaller would take minutes.
      await fc.assert(property, { ...fuzzing(14), endOnFailure: true });
    });
});
