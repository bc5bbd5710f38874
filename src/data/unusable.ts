/** What is wrong with a file and what would mend it; becomes `SourceUnusable` with the place. */
export class UnusableFile extends Error {}
