import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ModelFacts } from '../../src/activities/types.ts';
import { judgeModels } from '../../src/data/evaluation.ts';
import { chart } from '../../src/report/chart.ts';
import { renderEvaluation } from '../../src/report/evaluation.ts';
import { Html, html } from '../../src/report/html.ts';
import { fixed, instant, percent, pValue, signed } from '../../src/report/numbers.ts';
import { renderPage, table } from '../../src/report/page.ts';
import { ridesPlan } from '../support/rides.ts';
import { scoredWorld } from '../support/scored.ts';

const breathe = async () => {};
const FACTS: ModelFacts = { sha256: 'ab'.repeat(32), target: { problem: 'binary' }, threshold: 0.5 };
const ref = { uri: 's3://b/k', sha256: 'ab'.repeat(32), bytes: 1 };

async function evaluationOf(
  labels: number[],
  probabilities: number[],
  champion?: number[],
  column = labels.map(() => 'x'),
) {
  const plan = ridesPlan('rides', { evaluate: { slices: ['zone'], gates: [{ metric: 'auc', min: 0.6 }] } });
  const judged = await judgeModels(
    plan,
    { labels, columns: { zone: column } },
    { shares: [0.8, 0.2] },
    { name: 'xgboost <challenger>', scores: { ...FACTS, values: probabilities } },
    champion && { name: 'version 1 & champion', scores: { ...FACTS, values: champion } },
    breathe,
  );
  return {
    ...{ format: 1 as const, model: 'rides', cycle: 1, asOf: '2026-01-01T00:00:00.000Z' },
    ...{ objective: 'Tell <late> rides & "more"', planHash: 'ab'.repeat(32), ...judged },
    data: { inputs: ref, labels: ref, challenger: [ref] },
    facts: FACTS,
    smoke: { instances: [], predictions: [] },
  };
}

/** `assert.doesNotMatch` would print the whole page. */
const absent = (page: string, what: RegExp) => assert.deepEqual(page.match(what)?.[0], undefined);

describe('a report', () => {
  const world = scoredWorld(1500);

  it('escapes whatever is put into it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a', '/') }), (text) => {
        const { text: page } = html`<p title="${text}">${[text, text]}</p>`;
        assert.doesNotMatch(page.slice(10, -4).replace(/">/, ''), /[<>"']/);
      }),
    );
    assert.equal(html`${'<b>'}${new Html('<i>')}${false}${undefined}${0}`.text, '&lt;b&gt;<i>0');
  });

  it('fetches nothing, runs nothing, and is the same every time', async () => {
    const zones = world.labels.map((_, i) => ['<img src=x onerror=alert(1)>', 'b & c', ''][i % 3] as string);
    const details = await evaluationOf(world.labels, world.model(0.1), world.model(0.4), zones);
    const page = await renderEvaluation(details);
    assert.equal(page, await renderEvaluation(details));
    assert.match(page, /Content-Security-Policy" content="default-src 'none'/);
    const bare = page.replace(/"[^"]*"/g, '""');
    absent(bare, /<script|<img|<link|<iframe|@import|url\(|<[^>]*\s(src|href|on\w+)=/i);
    absent(page, /="[^"]*url\(/);
    assert.match(page, /&lt;img src=x onerror=alert\(1\)&gt;/);
    assert.match(page, /Tell &lt;late&gt; rides &amp; &quot;more&quot;/);
  });

  it('shows what a threshold does, and what each feature is worth', async () => {
    const details = await evaluationOf(world.labels, world.model(0.1), world.model(0.4));
    absent(await renderEvaluation(details), /<h2>Features/);
    const increase = { hour: 0.02, '<zone>': 0.3, noise: -0.0001 };
    const page = await renderEvaluation({ ...details, importance: { measure: 'log_loss', rows: 400, increase } });
    for (const chart of [/ROC curve\. /, /Precision over recall\. /, /Lift\. xgboost &lt;challenger&gt;: \d\.\d times/])
      assert.match(page, chart);
    assert.match(page, /1 of 3 features help nothing by themselves/);
    const rows = [...page.matchAll(/<th scope="row">([^<]*)<\/th><td class="number">([+−][\d.]+)</g)];
    assert.deepEqual(
      rows.map(([, name]) => name).filter((name) => /zone|hour|noise/.test(name ?? '')),
      ['&lt;zone&gt;', 'hour', 'noise'],
    );
  });

  it('tells every chart in words, too, and has a caption on every table', async () => {
    const page = await renderEvaluation(await evaluationOf(world.labels, world.model(0.1)));
    const charts = page.match(/<svg [^>]*>/g) ?? [];
    assert.ok(charts.length >= 5);
    for (const svg of charts) assert.match(svg, /role="img" aria-label="[^"]{10,}"/);
    assert.equal(page.split('<table>').length, page.split('<table><caption>').length);
    assert.equal(page.split('<h1>').length, 2);
  });

  it('draws in the colours of the page, light and dark', async () => {
    const page = await renderEvaluation(await evaluationOf(world.labels, world.model(0.1)));
    assert.match(page, /prefers-color-scheme:dark/);
    const painted = [...page.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour as string);
    assert.deepEqual(
      [...new Set(painted)].filter((colour) => !/^(var\(--[a-z]+\)|none|transparent)$/.test(colour)),
      [],
    );
  });

  it('can be made of rows that leave metrics undefined, and says why', async () => {
    const page = await renderEvaluation(await evaluationOf([0, 0, 0, 0], [0.1, 0.2, 0.3, 0.4]));
    assert.match(page, /undefined: the rows hold only one class/);
    assert.match(page, /2 of 2 gates do not hold/);
    absent(page, /NaN|Infinity|null/);
  });

  it('can be made of a single row', async () => {
    const page = await renderEvaluation(await evaluationOf([1], [1], [0]));
    absent(page, /NaN|Infinity/);
  });
});

describe('a page', () => {
  it('says its verdict in words, not by colour alone', () => {
    const page = renderPage({ title: 't', lead: html`l`, good: false, verdict: 'broken', facts: [], sections: [] });
    assert.match(page, /<span aria-hidden="true">✕<\/span> broken/);
  });

  it('heads rows and columns of its tables for those who hear them', () => {
    const { text } = table('What', ['A', 'B'], [['x', '1']]);
    assert.match(text, /<th scope="col" class="text">A<\/th><th scope="col" class="number">B<\/th>/);
    assert.match(text, /<th scope="row">x<\/th><td class="number">1<\/td>/);
  });
});

describe('a chart', () => {
  it('shows text as text', async () => {
    const { text } = await chart(
      {
        data: { values: [{ a: '<b onload="x">', n: 1 }] },
        mark: 'bar',
        encoding: { y: { field: 'a' }, x: { field: 'n', type: 'quantitative' } },
      },
      'one "bar" <here>',
    );
    assert.match(text, /&lt;b onload="x"&gt;|&lt;b onload=&quot;x&quot;&gt;/);
    assert.match(text, /aria-label="one &quot;bar&quot; &lt;here&gt;"/);
  });
});

describe('numbers', () => {
  it('are shown with their sign, unit and a true minus', () => {
    assert.deepEqual(
      [fixed(-0.5, 2), signed(0.25, 2), signed(0, 1), percent(-0.123)],
      ['−0.50', '+0.25', '0.0', '−12.3 %'],
    );
    assert.equal(fixed(Number.NaN), 'undefined');
    assert.deepEqual([pValue(0.04), pValue(1e-20), pValue(0)], ['0.040', '1e−20', '< 1e−300']);
    assert.equal(instant('2001-05-31T14:05:00.000Z'), '31 May 2001, 14:05 UTC');
  });
});
