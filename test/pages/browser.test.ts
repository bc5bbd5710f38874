/** The pages as a person meets them: a real browser, a real model, the keyboard alone, light and dark, with and without scripts. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pino } from 'pino';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../scripts/screenshots/chromium.ts';
import { createApp } from '../../src/api/app.ts';
import type { Api } from '../../src/api/types.ts';
import { createStore } from '../../src/aws/store.ts';
import * as verbs from '../../src/operations/index.ts';
import { openViews } from '../../src/operations/views.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { PEOPLE } from '../api/support.ts';
import { AS_OF, MODEL, type SmallPlan, smallPlan } from '../end-to-end/small-plan.ts';
import { laptopCloud } from '../support/cloud.ts';
import { until } from '../support/until.ts';
import { startWorker, type WorkerProcess } from '../support/worker.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TOO_WIDE = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
const LONG = 300_000;

describe('the pages in a browser', function () {
  this.timeout(LONG * 2);
  const closing: (() => unknown)[] = [];
  let operator: verbs.Operator;
  let url: string;
  let browser: Browser;

  before(async function () {
    const executablePath = chromiumPath();
    if (!executablePath) {
      console.log('    no Chromium on the PATH, and none named by PERENNIAL_CHROMIUM: the pages are not looked at');
      return this.skip();
    }
    const cloud = await laptopCloud();
    const small: SmallPlan = await smallPlan(createStore(cloud.aws.s3, cloud.config.bucket));
    const worker: WorkerProcess = startWorker(cloud.env);
    operator = await verbs.connect({ taskQueue: cloud.config.taskQueue });
    const { views, close } = openViews(cloud.config);
    browser = await chromium.launch({ executablePath });
    const api = await served({ operator, verbs, views });
    closing.push(
      () => browser.close(),
      () => api.close(),
      close,
      () => worker.stop(),
      () => operator.close(),
      () => small.sources.close(),
    );
    url = await api.listen({ port: 0, host: '127.0.0.1' });
    await worker.ready;
    await verbs.applyPlan(operator, { frozen: await loadPlan(small.folder), by: 'tests' });
  });
  after(async () => {
    for (const close of closing) await close();
  });

  const served = (parts: object): Promise<Api> => {
    const asks = { predict: async () => assert.fail(), tellLabels: async () => assert.fail() };
    const deps = {
      ...parts,
      asks,
      authenticate: async (token: string) => PEOPLE[token],
      log: pino({ level: 'silent' }),
    };
    return createApp(deps as unknown as Parameters<typeof createApp>[0], { version: '0' });
  };

  const now = () => verbs.status(operator, { model: MODEL });

  async function signedIn(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(`${url}/models/${MODEL}`);
    await page.getByLabel('Token').fill('token-of-anna');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/models/${MODEL}`);
    return page;
  }

  /** What scripts threw and what the browser refused, as it comes. */
  function troublesOf(page: Page): string[] {
    const troubles: string[] = [];
    page.on('pageerror', ({ message }) => troubles.push(message));
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    return troubles;
  }

  /** Presses Tab until what has the focus is found, as one does who has no mouse. */
  async function tabTo(page: Page, id: string): Promise<void> {
    for (let pressed = 0; pressed < 200; pressed++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement?.id')) === id) return;
    }
    assert.fail(`no Tab leads to ${id}`);
  }

  it('let a waiting cycle be approved by the keyboard alone, and show it deployed without reloading @long', async () => {
    const page = await signedIn();
    const troubles = troublesOf(page);
    await page.getByText('Run a cycle …').click();
    await page.locator('#run').click();
    await page.getByText('A cycle is on its way.').waitFor();
    // The calendar of the model looks back from now; the rows are of 2001.
    await until('the cycle to have ended', async () => (await now()).outcomes.length === 1, LONG);
    await verbs.requestCycle(operator, { model: MODEL, trigger: 'person', by: 'tests', asOf: AS_OF });
    await page.goto(url);
    await page.getByRole('link', { name: MODEL }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Cycle 2 waits for approval' }).waitFor({ timeout: LONG });
    await page.getByText('All metrics').click();
    await tabTo(page, 'approve-reason');
    await page.keyboard.type('looks right');
    await tabTo(page, 'approve');
    await page.keyboard.press('Enter');
    await page.getByText('Approved: it goes on the canary now.').waitFor();
    await page.getByRole('heading', { name: 'Version 1 serves' }).waitFor({ timeout: LONG });
    const cycles = page.getByRole('region', { name: /^The last \d+, newest first/ });
    await cycles.getByText('✓ deployed').waitFor({ timeout: LONG });
    assert.match(await openLedger(page), /approved \(cycle 2\)[\s\S]*anna[\s\S]*looks right/);
    assert.deepEqual(troubles, []);
    await page.close();
  });

  it('do all of it without scripts: approve, see it deployed, return to the version before @long', async () => {
    await verbs.requestCycle(operator, { model: MODEL, trigger: 'person', by: 'tests', asOf: AS_OF });
    await until('an evaluation', async () => (await now()).approval?.cycle === 3, LONG);
    const page = await signedIn({ javaScriptEnabled: false });
    await page.locator('#approve').click();
    await page.getByText('Approved: it goes on the canary now.').waitFor();
    await until(
      'the version to serve',
      async () => (await now()).champion?.version === 2 && !(await now()).current,
      LONG,
    );
    await page.getByRole('link', { name: 'Refresh' }).click();
    await page.getByRole('heading', { name: 'Version 2 serves' }).waitFor();
    await page.getByText('Return to a kept version …').click();
    await page.getByLabel('Version', { exact: true }).selectOption('1');
    await page.locator('#rollback').click();
    await page.getByText('It returns to that version now.').waitFor();
    await until('the way back', async () => (await now()).champion?.version === 1 && !(await now()).rollback, LONG);
    await page.getByRole('link', { name: 'Refresh' }).click();
    await page.getByRole('heading', { name: 'Version 1 serves' }).waitFor();
    await page.close();
  });

  it('have nothing that shuts somebody out, in light and dark, on a phone and a desk @long', async () => {
    await verbs.runMonitor(operator, { model: MODEL, by: 'tests' });
    await heldCanary(4);
    const paths = [
      '/',
      `/models/${MODEL}`,
      `/models/${MODEL}/ledger`,
      `/models/${MODEL}/cycles/3/report`,
      `/models/${MODEL}/monitoring`,
      '/login',
      '/models/nobody',
    ];
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [390, 1280]) {
        const page = await signedIn({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        for (const path of paths) {
          await page.goto(`${url}${path}`);
          for (const fold of await page.locator('details').all())
            await fold.evaluate((one) => one.setAttribute('open', ''));
          assert.deepEqual(await barriers(page), [], `${path}, ${colorScheme}, ${width}`);
          const wide = Number(await page.evaluate(TOO_WIDE));
          assert.ok(wide <= 0, `${path} is ${wide} pixels too wide at ${width}`);
        }
        await page.context().close();
      }
    await verbs.steerRollout(operator, { model: MODEL, action: 'abort', by: 'tests' });
    await until('the champion to serve alone', async () => !(await now()).current, LONG);
  });

  it('obey their own policy: nothing of it was refused by the browser @long', async () => {
    const page = await signedIn();
    const troubles = troublesOf(page);
    for (const path of ['/', `/models/${MODEL}`, `/models/${MODEL}/cycles/3/report`, `/models/${MODEL}/monitoring`])
      await page.goto(`${url}${path}`, { waitUntil: 'load' });
    assert.deepEqual(troubles, []);
    await page.close();
  });

  /** A cycle whose rollout a person holds at its first step. */
  async function heldCanary(cycle: number): Promise<void> {
    const of = { model: MODEL, by: 'tests' };
    await verbs.requestCycle(operator, { ...of, trigger: 'person', asOf: AS_OF });
    await until('an evaluation', async () => (await now()).approval?.cycle === cycle, LONG);
    await verbs.decide(operator, { ...of, cycle, decision: 'approve' });
    await until('its rollout', async () => (await now()).current?.rollout, LONG);
    await verbs.steerRollout(operator, { ...of, action: 'pause' });
    await until('its canary', async () => Object.keys((await now()).current?.rollout?.weights ?? {}).length > 1, LONG);
  }

  async function openLedger(page: Page): Promise<string> {
    await page.getByRole('link', { name: /All \d+ entries/ }).click();
    return (await page.locator('main').textContent()) ?? '';
  }

  /** Serious and critical findings of axe, and where. */
  async function barriers(page: Page): Promise<string[]> {
    await page.addScriptTag({ path: AXE });
    const found = (await page.evaluate('axe.run()')) as {
      violations: { id: string; impact: string; nodes: { html: string; failureSummary?: string }[] }[];
    };
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
      );
  }
});
