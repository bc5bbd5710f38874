/** Two loops of the model that never hold it up: one writes the ledger in order, one tells people. */
import { condition, log, sleep } from '@temporalio/workflow';
import { keep, tell } from './act.ts';
import type { ModelState } from './state.ts';
import { why } from './why.ts';

/** After a ledger entry could not be written for hours, wait so long before trying again. */
const LEDGER_PAUSE = 300_000;

export class Writers {
  /** The ledger has other entries than this run wrote: the model was reset to before them, or another run of it wrote. */
  astray = false;
  #busy = 0;
  readonly #state: ModelState;
  readonly #changed: () => void;

  constructor(state: ModelState, changed: () => void) {
    this.#state = state;
    this.#changed = changed;
  }

  /** Nothing is being written: the state may move to another run. */
  get calm(): boolean {
    return this.#busy === 0;
  }

  /** Everything was written and told that can be. */
  get done(): boolean {
    const { outbox, notices, topicArn } = this.#state;
    return this.calm && outbox.length === 0 && (notices.length === 0 || topicArn === undefined);
  }

  /** Comes back when every decision is in the ledger, or cannot be written now; false when this run is astray. */
  async written(): Promise<boolean> {
    const state = this.#state;
    await condition(() => state.outbox.length === 0 || state.problems.ledger !== undefined || this.astray);
    return !this.astray;
  }

  /** Appends the outbox to the ledger, one entry after another; none is ever dropped. */
  async keepLedger(): Promise<never> {
    const state = this.#state;
    for (;;) {
      await condition(() => state.outbox.length > 0 && !this.astray);
      const draft = state.outbox[0];
      if (!draft) continue;
      const { plan, ...told } = draft;
      const entry = { ...told, seq: state.ledger.seq + 1, previous: state.ledger.hash };
      let failed = false;
      await this.#while(async () => {
        try {
          const { hash } = await keep(`Ledger ${entry.seq}: ${entry.event}`).record({
            model: state.model,
            entry,
            plan,
          });
          state.ledger = { seq: entry.seq, hash };
          state.outbox.shift();
          delete state.problems.ledger;
        } catch (error) {
          if (why(error).type === 'Cancelled') throw error;
          this.astray = why(error).type === 'NameTaken';
          if (this.astray) return;
          failed = true;
          state.problems.ledger = `the ledger cannot be written: ${why(error).message}`;
          log.error(state.problems.ledger);
        }
      });
      this.#changed();
      if (failed) await sleep(LEDGER_PAUSE, { summary: 'Try the ledger again' });
    }
  }

  /** Sends notices once there is a topic; one that cannot be sent is logged and let go. */
  async sendNotices(): Promise<never> {
    const state = this.#state;
    for (;;) {
      await condition(() => state.notices.length > 0 && state.topicArn !== undefined && state.frozen !== undefined);
      const { frozen, topicArn } = state;
      const notice = state.notices.shift();
      if (!frozen || !topicArn || !notice) continue;
      await this.#while(async () => {
        try {
          await tell(`Tell: ${notice.subject}`).notify({ frozen, topicArn, ...notice });
          delete state.problems.notices;
        } catch (error) {
          if (why(error).type === 'Cancelled') throw error;
          state.problems.notices = `a notice could not be sent (${notice.subject}): ${why(error).message}`;
          log.error(state.problems.notices);
        }
      });
      this.#changed();
    }
  }

  async #while(work: () => Promise<void>): Promise<void> {
    this.#busy += 1;
    try {
      await work();
    } finally {
      this.#busy -= 1;
    }
  }
}
