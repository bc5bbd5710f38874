/** Windows (from, to] of things that know whole seconds only: objects in S3. */

/** What belongs together (a request, its capture, its outcome) may come into S3 this many milliseconds apart, in any order. */
export const LATE = 3_600_000;

const second = (instant: number): number => Math.floor(instant / 1000);

/** Each thing falls into exactly one of windows that follow each other, whatever their milliseconds. */
export function inWindow(at: number, from: string, to: string): boolean {
  return second(at) > second(Date.parse(from)) && second(at) <= second(Date.parse(to));
}

/** How long until the second of `to` is over, so that nothing more can come into the window; 0 when it is. */
export function untilSettled(to: string, now: number): number {
  const wait = (second(Date.parse(to)) + 1) * 1000 - now;
  // A window that ends in the future is the caller's wish: it is taken as it is.
  return wait > 0 && wait <= 1000 ? wait : 0;
}
