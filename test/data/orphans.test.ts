import assert from 'node:assert/strict';
import type { LivingModel } from '../../src/activities/types.ts';
import { orphansOf, type Thing, type Truth } from '../../src/data/orphans.ts';

const NOW = '2026-06-12T12:00:00.000Z';
const ago = (minutes: number) => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
const OLD = ago(120);
const lives = (more: Partial<LivingModel> = {}): LivingModel => ({
  model: 'm',
  kept: ['3', '5'],
  busy: false,
  backtest: false,
  ...more,
});
const truth = (living: readonly LivingModel[] = [], gone: Truth['gone'] = new Map()): Truth => ({
  ...{ living: new Map(living.map((one) => [one.model, one])), gone, now: NOW },
});
const GONE: Truth['gone'] = new Map([['m', { since: OLD, why: 'retired' }]]);
const thing = (kind: string, name: string, more: Partial<Thing> = {}): Thing => ({
  kind,
  name,
  model: 'm',
  madeAt: OLD,
  ...more,
});
const names = (things: readonly Thing[], known: Truth) =>
  orphansOf(things, known).map((one) => `${one.thing.kind} ${one.thing.name}`);

describe('what nothing needs', () => {
  const serving = [
    thing('endpoint', 'm', { uses: ['m-5-full'] }),
    thing('endpoint config', 'm-5-full', { uses: ['m-5-model'] }),
    thing('model', 'm-5-model', { cycle: '5' }),
    thing('alarm', 'perennial/m/drift'),
    thing('topic', 'perennial-m', { madeAt: undefined }),
  ];

  it('is nothing of a model that serves', () => {
    assert.deepEqual(names(serving, truth([lives()])), []);
  });

  it('is a config that no endpoint is on and by which no kept version returns, and a model of no kept cycle', () => {
    const left = [
      thing('endpoint config', 'm-3-full', { uses: ['m-3-model'] }),
      thing('model', 'm-3-model', { cycle: '3' }),
      thing('endpoint config', 'm-5-10', { uses: ['m-3-model', 'm-5-model'] }),
      thing('endpoint config', 'm-4-full', { uses: ['m-4-model'] }),
      thing('model', 'm-4-model', { cycle: '4' }),
      thing('model', 'm-b7-0-model', { cycle: 'b7-0' }),
      thing('model', 'm-by-hand'),
    ];
    assert.deepEqual(names([...left, ...serving], truth([lives()])), [
      'endpoint config m-5-10',
      'endpoint config m-4-full',
      'model m-4-model',
      'model m-b7-0-model',
    ]);
  });

  it('is never what another thing needs that stays, whoever it belongs to', () => {
    const theirs = [
      thing('endpoint', 'somebody', { model: undefined, uses: ['m-4-full'] }),
      thing('endpoint config', 'by-hand', { model: undefined, uses: ['m-2-model'] }),
      thing('endpoint config', 'm-4-full', { uses: ['m-4-model'] }),
      thing('model', 'm-4-model', { cycle: '4' }),
      thing('model', 'm-2-model', { cycle: '2' }),
    ];
    assert.deepEqual(names(theirs, truth([lives()])), []);
    assert.deepEqual(names(theirs, truth([], GONE)), []);
  });

  it('is nothing younger than an hour, and nothing of which no age is known', () => {
    const young = [
      thing('model', 'm-9-model', { cycle: '9', madeAt: ago(59) }),
      thing('topic', 't', { madeAt: undefined }),
    ];
    assert.deepEqual(names(young, truth([lives()])), []);
    assert.deepEqual(names(young, truth([], new Map([['m', { why: 'named' }]]))), []);
    assert.deepEqual(names(young, truth([], new Map([['m', { why: 'retired', since: ago(61) }]]))), ['topic t']);
  });

  it('is nothing while a cycle, a rollout or a backtest runs, but a job whose cycle is over', () => {
    const jobs = [
      thing('training job', 'm-8-a', { cycle: '8' }),
      thing('transform job', 'm-9-b', { cycle: '9' }),
      thing('model', 'm-8-model', { cycle: '8' }),
    ];
    assert.deepEqual(names(jobs, truth([lives({ busy: true, running: '9' })])), ['training job m-8-a']);
    assert.deepEqual(names(jobs, truth([lives({ busy: true, backtest: true })])), []);
  });

  it('is all of a model that is gone, and nothing of one that is not known', () => {
    assert.equal(names(serving, truth([], GONE)).length, serving.length);
    assert.deepEqual(names(serving, truth()), []);
    assert.deepEqual(names([thing('endpoint', 'untagged', { model: undefined })], truth([], GONE)), []);
  });
});
