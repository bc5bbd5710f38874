/** How long until the next look at a job: soon while it is young, later when it is old, and later when many are watched. */
const FIRST_MS = 1_000;
/** A job's end is noticed at most this late, or this part of its age, whichever is more; */
const LATE_MS = 30_000;
const LATE_SHARE = 1 / 30;
/** and never later than this for its age alone. */
const LATEST_MS = 120_000;
/** Of the calls that a worker may make, the part that looks take. */
const SHARE = 0.8;
/** A job that was not looked at again for so long after its time is watched by another worker, or by nobody. */
const FORGOTTEN_MS = 60_000;

export interface NextLook {
  readonly ms: number;
  /** Why it is later than the job's age asks for, for people. */
  readonly because?: string;
}

export interface Looks {
  /** `watched` is for how many milliseconds the job has been watched. */
  next(job: string, watched: number): NextLook;
  /** No further look at this job. */
  over(job: string): void;
}

/** The looks of one worker, which may make `rate` calls a second of an operation. */
export function createLooks(rate: number, now: () => number = Date.now): Looks {
  const due = new Map<string, number>();
  return {
    next(job, watched) {
      const at = now();
      for (const [other, when] of due) if (when + FORGOTTEN_MS < at) due.delete(other);
      due.set(job, at);
      const own = byAge(watched);
      // All jobs that are watched, each once in this time, make just the calls that looks may.
      const all = (due.size * 1_000) / (rate * SHARE);
      const ms = Math.round(all > own ? all * (0.9 + Math.random() / 5) : own);
      due.set(job, at + ms);
      if (all <= own) return { ms };
      return { ms, because: `${due.size} jobs share ${rate} looks a second, the next in ${Math.round(ms / 1_000)} s` };
    },
    over: (job) => void due.delete(job),
  };
}

const byAge = (watched: number): number =>
  Math.min(FIRST_MS + watched / 2, Math.max(LATE_MS, Math.min(watched * LATE_SHARE, LATEST_MS)));
