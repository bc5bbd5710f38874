/** The mark of tests that the default run leaves out (scripts/test.mjs): variants of what one of a kind shows there. */
export const long = (leftOut: boolean): string => (leftOut ? ' @long' : '');
