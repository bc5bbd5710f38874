/** The files of a plan as a request carries them → a plan that can be relied on, or everything that is wrong with it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { checkPlan, loadPlan } from '../plan/load.ts';
import { PlanError, type Problem } from '../plan/problems.ts';

type Frozen = Awaited<ReturnType<typeof loadPlan>>;

const MOST_FILES = 100;
/** Plain names, folder by folder: none climbs, none hides. */
const PATH = /^(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\/){0,4}[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

const path = z.string().regex(PATH, 'name files below the folder of the plan, by letters, digits, ".", "_" and "-"');
const text = z.string().max(262_144, 'keep a file under 262144 characters');

export const planFiles = z.strictObject({
  files: z
    .record(path, text)
    .refine((files) => Object.keys(files).length <= MOST_FILES, `keep it to ${MOST_FILES} files`)
    .refine((files) => Object.hasOwn(files, 'plan.yaml'), 'plan.yaml must be among them')
    .meta({
      ...{ required: ['plan.yaml'], maxProperties: MOST_FILES },
      description: 'The files of the folder by their paths: plan.yaml, its features, and whatever it names beside them',
      examples: [{ 'plan.yaml': 'model: …', 'features.sql': 'SELECT …' }],
    }),
});

function refuseTwofold(files: Readonly<Record<string, string>>): void {
  const names = Object.keys(files);
  const [name] = names.filter((one) => names.some((other) => other.startsWith(`${one}/`)));
  if (name !== undefined)
    throw new PlanError([
      { file: name, path: '', found: 'it is a file and a folder', mend: 'give one of them another name' },
    ]);
}

/** Reads them as the command line does, from a folder that nobody else sees. Throws `PlanError`. */
export async function frozenOf(model: string, { files }: z.output<typeof planFiles>): Promise<Frozen> {
  refuseTwofold(files);
  refuseAtHome(files);
  const folder = await mkdtemp(join(tmpdir(), 'perennial-plan-'));
  try {
    const home = join(folder, model);
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(home, name)), { recursive: true, mode: 0o700 });
      await writeFile(join(home, name), content, { mode: 0o600 });
    }
    const frozen = await loadPlan(home);
    refuseOther(model, frozen);
    return frozen;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A path that starts at the plan's folder leads nowhere: the worker has no such folder. */
function refuseAtHome(files: Readonly<Record<string, string>>): void {
  const { collect } = checkPlan(files['plan.yaml'] ?? '');
  const problems = Object.entries(collect.sources).flatMap(([name, { uri }]): Problem[] =>
    /^[a-z0-9]+:\/\//.test(uri) || isAbsolute(uri)
      ? []
      : [
          {
            ...{
              file: 'plan.yaml',
              path: `collect.sources.${name}.uri`,
              found: `found ${uri}, a path from its folder`,
            },
            mend: 'the API has no such folder: write s3://, https://, glue:// or a path from the root of the worker',
          },
        ],
  );
  if (problems.length > 0) throw new PlanError(problems);
}

function refuseOther(model: string, { plan }: Frozen): void {
  if (plan.model !== model)
    throw new PlanError([
      {
        file: 'plan.yaml',
        path: 'model',
        found: `found ${plan.model}`,
        mend: `write ${model}, or ask at its own path`,
      },
    ]);
}
