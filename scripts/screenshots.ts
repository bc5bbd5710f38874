/**
 * `npm run screenshots`: pictures of the pages for the documentation, of a model that really lives, in docs/images. A cloud of its
 * own is started for it, or the one in PERENNIAL_HOME is used and left as it is; `--dark` and `--into <folder>` are for looking.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { apiFiles } from '../local/api-token.ts';
import { ANY_PORTS, startCloud } from '../local/cloud.ts';
import { openHome } from '../local/home.ts';
import { newToken } from '../src/api/tokens.ts';
import { chromiumPath } from './screenshots/chromium.ts';
import { live, MODEL } from './screenshots/life.ts';

const MOST_BYTES = 200 * 1024;
/** What is seen of each page, in CSS pixels. */
const SIZES = { fleet: [1080, 680], model: [1080, 1220], history: [1080, 1000], evaluation: [1080, 1150] } as const;

const { values } = parseArgs({
  options: { dark: { type: 'boolean' }, into: { type: 'string', default: 'docs/images' }, width: { type: 'string' } },
});
const own = process.env.PERENNIAL_HOME === undefined;
const home = process.env.PERENNIAL_HOME ?? mkdtempSync(join(tmpdir(), 'perennial-screenshots-'));
const cloud = await startCloud({ home, ports: ANY_PORTS, worker: true, api: true, say: console.error });
try {
  Object.assign(process.env, cloud.env);
  await live(console.error);
  await shoot(cloud.env.PERENNIAL_API ?? '', adasToken());
} finally {
  await cloud.stop();
  if (own) rmSync(home, { recursive: true, force: true });
}

/** So that the pictures don't show who made them. The API reads the file again; the next start of the cloud writes it anew. */
function adasToken(): string {
  const { token, line } = newToken('ada', 'approver');
  const { tokens } = apiFiles(openHome(home));
  const others = readFileSync(tokens, 'utf8')
    .split('\n')
    .filter((one) => one !== '' && !one.startsWith('ada '));
  writeFileSync(tokens, `${[...others, line].join('\n')}\n`);
  return token;
}

async function shoot(url: string, token: string): Promise<void> {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error('there is no Chromium: install it, or name it by PERENNIAL_CHROMIUM');
  const browser = await chromium.launch({ executablePath });
  const page = await browser.newPage({ colorScheme: values.dark ? 'dark' : 'light' });
  await page.goto(url);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const { cycles } = (await (
    await fetch(`${url}/v1/models/${MODEL}`, { headers: { authorization: `Bearer ${token}` } })
  ).json()) as { cycles: number };
  const pages = {
    fleet: '/',
    model: `/models/${MODEL}`,
    history: `/models/${MODEL}`,
    evaluation: `/models/${MODEL}/cycles/${cycles}/report`,
  };
  mkdirSync(values.into, { recursive: true });
  for (const [name, path] of Object.entries(pages)) {
    const [width, height] = SIZES[name as keyof typeof SIZES];
    await page.setViewportSize({ width: Number(values.width ?? width), height });
    await page.goto(`${url}${path}`);
    if (name === 'history')
      await page.getByRole('heading', { name: 'Champion against challengers' }).evaluate((one) => one.scrollIntoView());
    const file = join(values.into, `${name}.png`);
    await page.screenshot({ path: file, fullPage: values.width !== undefined });
    const { size } = statSync(file);
    if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, and may have ${MOST_BYTES}`);
    console.error(`${file}: ${Math.round(size / 1024)} KB`);
  }
  await browser.close();
}
