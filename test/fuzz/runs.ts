/** How much is tried: little in the default run; `npm run fuzz -- --runs 100 --seed 7` sets FUZZ_RUNS (times as much) and FUZZ_SEED. */
const times = Number(process.env.FUZZ_RUNS ?? 1);
const seed = process.env.FUZZ_SEED === undefined ? undefined : Number(process.env.FUZZ_SEED);

/** Parameters of fast-check, which prints the seed of what failed. */
export const fuzzing = (numRuns: number) => ({ numRuns: numRuns * times, ...(seed !== undefined && { seed }) });
