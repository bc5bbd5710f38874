/** One Python process that computes requests' features as the serving container does, for many transforms. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Bits, servingPython } from '../data/serving.ts';

export interface Serving {
  /** Of an unpacked transform's folder and a file of requests, a JSON object a line. */
  features(transform: string, requests: string): Promise<readonly Bits[]>;
  stop(): void;
}

export function startServing(): Serving {
  const child = servingPython(join(import.meta.dirname, 'features_lines.py'));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async features(transform, requests) {
      child.stdin.write(`${JSON.stringify({ transform, requests })}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error('the Python process ended; see above');
      const { bits, error } = JSON.parse(value) as { bits?: Bits[]; error?: string };
      if (bits === undefined) throw new Error(`serving failed on the prepared test inputs: ${error}`);
      return bits;
    },
    stop: () => child.stdin.end(),
  };
}
