/** The jars by which Spark reads and writes S3: from Maven's repository by Ivy, which PySpark carries, each of a known sum. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Does nothing when they are there. `list` is the folder with ivy.xml and jars.sha256; throws an Error that says why not. */
export function fetchJars({ venv, list, say }) {
  const target = join(venv, 'jars');
  const sums = readSums(join(list, 'jars.sha256'));
  if (problemsOf(target, sums).length === 0) return;
  say('fetching the jars by which Spark reaches S3 (local/spark/ivy.xml)');
  const folder = mkdtempSync(join(venv, 'fetched-'));
  try {
    retrieve(join(list, 'ivy.xml'), findIvy(venv), folder);
    const problems = problemsOf(join(folder, 'jars'), sums);
    if (problems.length > 0) throw new Error(`${problems.join('; ')}: see local/spark/jars.sha256`);
    rmSync(target, { recursive: true, force: true });
    renameSync(join(folder, 'jars'), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function findJava() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const done = spawnSync(java, ['-version'], { encoding: 'utf8', timeout: 30000 });
  if (done.error || done.status !== 0)
    throw new Error(
      'Spark needs Java 17: apt install openjdk-17-jre-headless (Debian, Ubuntu), brew install openjdk@17',
    );
  return java;
}

function retrieve(ivyFile, ivy, folder) {
  const where = ['-cache', join(folder, 'cache'), '-retrieve', join(folder, 'jars', '[artifact]-[revision].[ext]')];
  const args = ['-jar', ivy, '-ivy', ivyFile, '-confs', 'default', '-types', 'jar', '-warn', ...where];
  const done = spawnSync(findJava(), args, { encoding: 'utf8', timeout: 300000 });
  if (done.status !== 0) throw new Error(`Ivy could not fetch the jars:\n${done.stdout}${done.stderr}`);
}

function findIvy(venv) {
  const lib = join(venv, 'lib');
  for (const python of readdirSync(lib)) {
    const jars = join(lib, python, 'site-packages', 'pyspark', 'jars');
    const ivy = existsSync(jars) && readdirSync(jars).find((name) => name.startsWith('ivy-'));
    if (ivy) return join(jars, ivy);
  }
  throw new Error(`no PySpark below ${lib}`);
}

const readSums = (file) =>
  new Map(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).reverse()),
  );

/** What is wrong with a folder: a jar that is missing, is another one, or has no business there. */
function problemsOf(folder, sums) {
  const found = existsSync(folder) ? readdirSync(folder) : [];
  const strange = found.filter((name) => !sums.has(name)).map((name) => `${name} is not on the list`);
  const wrong = [...sums].flatMap(([name, sum]) => {
    if (!found.includes(name)) return [`${name} is missing`];
    const is = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    return is === sum ? [] : [`${name} has the sum ${is}, not ${sum}`];
  });
  return [...strange, ...wrong];
}
