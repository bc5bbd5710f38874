/** Every command by name. */
import type { Commands } from './command.ts';
import { validate } from './commands/validate.ts';

export const commands: Commands = { validate };
