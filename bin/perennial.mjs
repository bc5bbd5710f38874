#!/usr/bin/env node
/** `perennial`: the sources run as they are. With a laptop cloud running and nothing else set, it is the one talked to. */
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../node_modules/tsx', import.meta.url))) {
  console.error('perennial is not set up: run `npm run setup` in its folder');
  process.exit(2);
}
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { register } = await import('tsx/esm/api');
register();
// Temporal's worker takes its converter of failures by `require`.
const { register: registerRequire } = await import('tsx/cjs/api');
registerRequire();
const { run } = await import('../local/cli.ts');
process.exitCode = await run(process.argv.slice(2));
