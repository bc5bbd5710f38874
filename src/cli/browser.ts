/** The system's browser; it goes on by itself. */
export async function openInBrowser(target: string, note: (line: string) => void): Promise<void> {
  const { default: open } = await import('open');
  await open(target).catch((error: Error) =>
    note(`no browser could be started (${error.message}): open ${target} yourself`),
  );
}
