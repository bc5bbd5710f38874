/**
 * How often monitoring alarms where nothing has changed, and how surely it finds known changes: on real flights, by the
 * code that watches models. Prints the tables of docs/metrics.md. Some minutes of one core: npm run bench:alarms
 */
import { resolve } from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { inputFindings } from '../src/data/data-findings.ts';
import { effect } from '../src/data/drift.ts';
import { judgeDrift } from '../src/data/drift-findings.ts';
import { withDuckDB } from '../src/data/duckdb.ts';
import { observe } from '../src/data/observed.ts';
import { monitor as monitorSchema } from '../src/plan/monitor.ts';
import { FLIGHTS, type Flight, type Flights, readFlights } from './flights.ts';
import { type Injection, injections } from './injections.ts';

const BASELINE_ROWS = 300_000;
/** Windows without a change, by their rows. */
const QUIET = { 100: 200, 500: 300, 2000: 300, 20000: 40 };
/** Windows of flights that follow each other, as live windows do, by their rows. */
const FOLLOWING = { 500: 100, 2000: 100, 20000: 12 };
/** Windows of each known change. */
const CHANGED = { 500: 20, 2000: 20, 20000: 5 };
const monitor = monitorSchema.parse({});
const FIELDS = ['date', 'distance', 'origin', 'destination'] as const;

const random = xoroshiro128plus(2001);
const luck = () => ((random.next() >>> 0) + 0.5) / 2 ** 32;
const calm = { streaks: {}, raised: [] };
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
const shown = (rows: string) => Number(rows).toLocaleString('en-US');

await withDuckDB(
  async (duck) => {
    const flights = await readFlights(duck, resolve(FLIGHTS), BASELINE_ROWS);
    const { pool, baseline } = flights;
    const anywhere = () => Math.floor(luck() * pool.length);
    const following = (rows: number) => {
      const start = Math.floor(luck() * (pool.length - rows));
      return (at: number) => start + at;
    };
    const look = async (rows: number, place: (at: number) => number, change?: Injection['change']) => {
      const instances = Array.from({ length: rows }, (_, at) => {
        const flight = pool[place(at)] as Flight;
        return JSON.stringify(change ? change(flight, at, luck()) : flight);
      });
      return pass(await observe(duck, baseline, new Map(), { instances, fields: fieldsOf(rows) }), rows);
    };
    await quiet(QUIET, (rows) => look(rows, anywhere));
    await quiet(FOLLOWING, (rows) => look(rows, following(rows)));
    await changed((rows, change) => look(rows, anywhere, change), flights);
  },
  { reads: [resolve(FLIGHTS)] },
);

type Look = (rows: number, change?: Injection['change']) => Promise<ReturnType<typeof pass>>;

/** What a pass would find; and what size alone would, without a test. */
function pass({ columns, inputs, unknown, unjudged }: Awaited<ReturnType<typeof observe>>, rows: number) {
  const data = inputFindings(monitor, { inputs, unknown, required: FIELDS, rows });
  const broken = new Set(data.map(({ subject }) => subject));
  const held = columns.filter(({ column }) => !broken.has(column.split('.')[0] ?? '') && !(column in unjudged));
  const sizes = held.map((one) => effect(one, monitor.drift.method));
  return { findings: [...data, ...judgeDrift(monitor.drift, held, calm).findings], largest: Math.max(...sizes) };
}

async function quiet(windows: Readonly<Record<string, number>>, look: Look): Promise<void> {
  print(['rows', 'passes', 'alarm', 'warning', 'alarm by size alone', 'warning by size alone']);
  for (const [rows, passes] of Object.entries(windows)) {
    const counts = { alarm: 0, warn: 0, sizeAlarm: 0, sizeWarn: 0 };
    for (let one = 0; one < passes; one++) {
      const { findings, largest } = await look(Number(rows));
      const alarm = findings.some(({ severity }) => severity === 'alarm');
      if (alarm) counts.alarm++;
      else if (findings.length > 0) counts.warn++;
      if (largest >= monitor.drift.alarm) counts.sizeAlarm++;
      else if (largest >= monitor.drift.warn) counts.sizeWarn++;
    }
    row([shown(rows), String(passes), ...Object.values(counts).map((count) => percent(count, passes))]);
  }
  console.log();
}

async function changed(look: Look, { origins }: Flights): Promise<void> {
  print(['change', 'rows', 'alarm', 'warning', 'alarm or warning elsewhere']);
  for (const { name, kind, subjects, change } of injections(origins))
    for (const [rows, passes] of Object.entries(CHANGED)) {
      const counts = { alarm: 0, warn: 0, elsewhere: 0 };
      for (let one = 0; one < passes; one++) {
        const { findings } = await look(Number(rows), change);
        const right = findings.filter((found) => found.kind === kind && subjects.includes(found.subject));
        if (right.some(({ severity }) => severity === 'alarm')) counts.alarm++;
        else if (right.length > 0) counts.warn++;
        if (findings.length > right.length) counts.elsewhere++;
      }
      row([name, shown(rows), ...Object.values(counts).map((count) => percent(count, passes))]);
    }
}

function fieldsOf(rows: number): Record<string, number> {
  return Object.fromEntries(FIELDS.map((field) => [field, rows]));
}

function print(heads: readonly string[]): void {
  row(heads);
  row(heads.map(() => '---'));
}

function row(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}
