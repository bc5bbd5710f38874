/** Counts what AWS agreed to make, by name: the same thing made twice is paid twice. */
import type { WireCall } from './calls.ts';
import type { Answer } from './wire.ts';

const PAID =
  /^Create(TrainingJob|HyperParameterTuningJob|TransformJob|ProcessingJob|Model|EndpointConfig|Endpoint|ModelPackage)$/;

export class Receipts {
  /** What was made → by which of the answers, or packages. */
  readonly #made = new Map<string, Set<string>>();
  #answers = 0;

  note({ operation, name, body }: WireCall, { status, body: said }: Pick<Answer, 'status' | 'body'>): void {
    if (!PAID.test(operation) || status !== 200) return;
    this.#answers += 1;
    const isPackage = operation === 'CreateModelPackage';
    // A package has no name of its own: what it is made of tells it from others. Asked for again by the same token, AWS names
    // the one that is there.
    const thing = isPackage ? `${name} ${/"ModelDataUrl":"[^"]*"/.exec(body.toString())?.[0]}` : name;
    const made = isPackage ? /"ModelPackageArn": *"([^"]*)"/.exec(said.toString())?.[1] : undefined;
    const key = `${operation} ${thing}`;
    this.#made.set(key, (this.#made.get(key) ?? new Set()).add(made ?? `answer ${this.#answers}`));
  }

  get twice(): string[] {
    return [...this.#made].filter(([, made]) => made.size > 1).map(([what, { size }]) => `paid ${size} times: ${what}`);
  }

  get count(): number {
    return this.#made.size;
  }
}
