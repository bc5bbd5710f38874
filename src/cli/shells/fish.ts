/** Completion in fish. Pure. */
import type { Completed } from '../completion.ts';

export function fish(all: readonly Completed[]): string {
  const said = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const given = (name: string) => `-n '__fish_seen_subcommand_from ${name}'`;
  const lines = all.flatMap((one) => [
    `complete -c perennial -n __fish_use_subcommand -f -a ${one.name} -d ${said(one.description)}`,
    ...(one.first.includes('models')
      ? [`complete -c perennial ${given(one.name)} -f -a '(perennial completion models 2>/dev/null)'`]
      : []),
    ...(one.first.includes('folders')
      ? [`complete -c perennial ${given(one.name)} -f -a '(__fish_complete_directories)'`]
      : []),
    ...(one.words.length > 0 ? [`complete -c perennial ${given(one.name)} -f -a '${one.words.join(' ')}'`] : []),
    ...one.flags.map(
      ({ name, description, value }) =>
        `complete -c perennial ${given(one.name)} -l ${name}${value === 'file' ? ' -r -F' : value ? ' -x' : ' -f'} -d ${said(description)}`,
    ),
  ]);
  return ['# Perennial in fish: perennial completion fish | source', ...lines].join('\n');
}
