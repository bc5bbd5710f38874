/** What a page says when an action was taken up. */
export const DONE = {
  approve: 'Approved: it goes on the canary now.',
  reject: 'Rejected: the cycle ends, and what serves stays.',
  promote: 'The rollout goes on without waiting.',
  abort: 'The rollout ends: the champion takes all requests again.',
  rollback: 'It returns to that version now.',
  pause: 'Paused: no automatic cycle starts and no rollout moves on.',
  resume: 'It goes on.',
  run: 'A cycle is on its way.',
} as const;
export type Action = keyof typeof DONE;
