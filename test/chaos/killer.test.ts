import assert from 'node:assert/strict';
import { Killer } from '../../chaos/killer.ts';
import { untilStuck } from '../../chaos/patience.ts';
import { type Phase, type Point, placeOf, targets, type Victim } from '../../chaos/points.ts';
import { until } from '../support/until.ts';

/** Walks through every point again and again until all kills are made; what is killed is back at once. */
async function walk(seed: number, kills: number): Promise<string[]> {
  const killer: Killer = new Killer({ seed, kills, pause: { least: 0, most: 0 }, kill: () => true });
  const places = [...new Set(targets().map(placeOf))].map((place) => place.split(' ') as [Phase, string]);
  killer.begin();
  await until('all kills', async () => {
    for (const [phase, ...at] of places) {
      const victim = killer.at({ phase, at: at.join(' ') });
      if (victim) killer.isBack(victim);
    }
    return killer.done;
  });
  await killer.end();
  return killer.kills
    .filter(({ at }) => at !== 'any moment')
    .map(({ victim, ...point }) => `${victim} ${placeOf(point)}`);
}

describe('the killer of chaos', () => {
  it('hits each target once before it hits one twice', async () => {
    const hit = await walk(7, 150);
    assert.equal(new Set(hit).size, hit.length);
  });

  it('deals the same for the same seed, and otherwise for another', () => {
    const dealt = (seed: number) => {
      const killer = new Killer({ seed, kills: 20, kill: () => true });
      killer.begin();
      return killer.armed;
    };
    assert.equal(dealt(1).length, 60);
    assert.deepEqual(dealt(1), dealt(1));
    assert.notDeepEqual(dealt(1), dealt(2));
  });

  it('kills nobody while somebody is down, before it begins and after it has ended', async () => {
    const struck: Victim[] = [];
    const killer = new Killer({
      seed: 3,
      kills: 1_000,
      pause: { least: 0, most: 0 },
      kill: (victim) => struck.push(victim) > 0,
    });
    const everywhere = (): void => {
      for (const { at, phase } of targets()) killer.at({ at, phase } satisfies Point);
    };
    everywhere();
    assert.deepEqual(struck, []);
    killer.begin();
    everywhere();
    assert.equal(struck.length, 1);
    const [first] = struck;
    assert.ok(first);
    killer.isBack(first);
    everywhere();
    assert.equal(struck.length, 2);
    for (const victim of struck) killer.isBack(victim);
    assert.ok(killer.lastAt > 0);
    await killer.end();
    everywhere();
    assert.equal(struck.length, 2);
  });

  it('kills nobody any more once it was enough', () => {
    const killer = new Killer({ seed: 3, kills: 10, pause: { least: 0, most: 0 }, kill: () => assert.fail('killed') });
    killer.begin();
    killer.enough();
    for (const { at, phase } of targets()) killer.at({ at, phase });
    assert.ok(killer.done);
  });
});

describe('the patience with a story', () => {
  it('lasts as long as things are killed, and ends when it is calm and the story does not end', async () => {
    let kills = 0;
    const patience = untilStuck(() => {
      kills += 1;
      return kills < 3 ? Number.POSITIVE_INFINITY : 0;
    }, 0);
    await until('it is at an end', () => patience.signal.aborted);
    assert.equal(kills, 3);
    assert.match(String(patience.signal.reason), /it has not ended/);
  });
});
