/** The gateway's code as Lambda wants it: one CommonJS file, bundled and zipped to the same bytes every time. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { zipSync } from 'fflate';

export interface LambdaCode {
  readonly zip: Uint8Array<ArrayBuffer>;
  /** As Lambda tells it: base64 of the zip's sha256. */
  readonly sha256: string;
}

const HANDLER_FILE = 'index.js';
/** As the runtime names it: file and exported function. */
export const HANDLER = 'index.handler';

let made: Promise<LambdaCode> | undefined;

/** Bundles `src/gateway` with the AWS client it uses; made once a process. */
export function gatewayCode(): Promise<LambdaCode> {
  made ??= make();
  made.catch(() => {
    made = undefined;
  });
  return made;
}

async function make(): Promise<LambdaCode> {
  const room = fileURLToPath(new URL('../gateway', import.meta.url));
  const built = await build({
    absWorkingDir: room,
    entryPoints: ['index.ts'],
    outfile: HANDLER_FILE,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Comments would carry paths of this machine, and so change the bytes.
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [file] = built.outputFiles;
  if (!file) throw new Error('esbuild gave no file for src/gateway');
  return zipped(file.contents);
}

/** One file in a zip whose bytes depend on its content alone: the oldest date that zip knows, in whatever time zone. */
export function zipped(content: Uint8Array): LambdaCode {
  const mtime = new Date(1980, 0, 1);
  const zip = zipSync({ [HANDLER_FILE]: [content, { mtime, attrs: 0o644 << 16, os: 3 }] }, { level: 9 });
  return { zip, sha256: createHash('sha256').update(zip).digest('base64') };
}
