/** Every text and every byte in a value, such as a history: what a search for a word must look through. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  return typeof value === 'object' && value !== null ? Object.values(value).map(textOf).join('\n') : '';
}
