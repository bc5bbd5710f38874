/** Things that AWS makes twice under one name when the answer to the first request is lost. */

export interface Several {
  /** Ids of all that are ours, the one to keep first. */
  find(): Promise<readonly string[]>;
  make(): Promise<string>;
  remove(id: string): Promise<unknown>;
}

/** Ids, that of the first made before all others. */
export function oldestFirst(things: readonly { readonly id?: string; readonly createdDate?: Date }[]): string[] {
  const age = ({ id, createdDate }: (typeof things)[number]) =>
    `${String(createdDate?.getTime() ?? 0).padStart(15, '0')} ${id}`;
  return [...things].sort((a, b) => age(a).localeCompare(age(b))).flatMap(({ id }) => id ?? []);
}

/** The id of the only one: it is made where there is none, and of several the first is kept. */
export async function onlyOne({ find, make, remove }: Several): Promise<string> {
  const there = await find();
  const made = there.length === 0 ? await make() : undefined;
  // The SDK asks again by itself when an answer is lost: what is made may be two.
  const [first = made ?? '', ...doubles] = made === undefined ? there : await find();
  for (const id of doubles) await remove(id);
  return first;
}
