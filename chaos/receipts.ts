/** Counts what AWS agreed to make, by name: the same thing made twice is paid twice. */
import type { WireCall } from './calls.ts';

const PAID =
  /^Create(TrainingJob|HyperParameterTuningJob|TransformJob|ProcessingJob|Model|EndpointConfig|Endpoint|ModelPackage)$/;

export class Receipts {
  readonly #made = new Map<string, number>();

  note({ operation, name, body }: WireCall, status: number): void {
    if (!PAID.test(operation) || status !== 200) return;
    // A package has no name of its own: what it is made of tells it from others.
    const thing =
      operation === 'CreateModelPackage' ? `${name} ${/"ModelDataUrl":"[^"]*"/.exec(body.toString())?.[0]}` : name;
    const key = `${operation} ${thing}`;
    this.#made.set(key, (this.#made.get(key) ?? 0) + 1);
  }

  get twice(): string[] {
    return [...this.#made].filter(([, times]) => times > 1).map(([what, times]) => `paid ${times} times: ${what}`);
  }

  get count(): number {
    return this.#made.size;
  }
}
