/** What was begun and how to take it back. Register an undo before the step it undoes: a lost reply may hide success. */
import { CancellationScope, log } from '@temporalio/workflow';
import { why } from './why.ts';

export interface Undo {
  readonly what: string;
  readonly run: () => Promise<unknown>;
}

export class Undos {
  #undos: Undo[] = [];

  /** Registers an undo; the function that is given back drops it once the step needs no undo any more. */
  before(what: string, run: () => Promise<unknown>): () => void {
    const undo = { what, run };
    this.#undos.push(undo);
    return () => {
      this.#undos = this.#undos.filter((other) => other !== undo);
    };
  }

  /**
   * Runs all, newest first, even when the workflow is being cancelled. One that fails does not keep the others from
   * running. Gives a sentence for each that failed.
   */
  async run(): Promise<string[]> {
    return CancellationScope.nonCancellable(async () => {
      const failed: string[] = [];
      for (let undo = this.#undos.pop(); undo; undo = this.#undos.pop()) {
        try {
          await undo.run();
        } catch (error) {
          const sentence = `could not ${undo.what}: ${why(error).message}`;
          log.error(sentence);
          failed.push(sentence);
        }
      }
      return failed;
    });
  }
}
