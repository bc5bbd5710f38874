/** What the verbs answer, as schemas: one description for the API and for the command line's `--json`. */
export * from './answers.ts';
export * from './cycle.ts';
export * from './model.ts';
