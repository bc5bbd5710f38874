/** Completion in zsh. Pure. */
import type { Completed } from '../completion.ts';

export function zsh(all: readonly Completed[]): string {
  const said = (text: string) => text.replaceAll("'", '').replaceAll(/[[\]:\\]/g, ' ');
  const cases = all.map((one) => {
    const flags = one.flags.map(({ name, description, value }) => {
      const follows = { file: ':file:_files', text: ':value: ' };
      return `'--${name}[${said(description)}]${value ? follows[value] : ''}'`;
    });
    const action =
      one.first.length === 2 ? '_perennial_either' : one.first[0] === 'models' ? '_perennial_models' : '_files -/';
    const first =
      one.words.length > 0 ? [`'1:word:(${one.words.join(' ')})'`] : one.first.length > 0 ? [`'1:what:${action}'`] : [];
    return `    ${one.name}) _arguments ${[...first, ...flags].join(' ')} ;;`;
  });
  return [
    '#compdef perennial',
    '# Perennial in zsh: source <(perennial completion zsh), after compinit',
    '_perennial_models() {',
    '  if [[ -z $_perennial_at ]] || (( SECONDS - _perennial_at > 60 )); then',
    '    typeset -g _perennial_at=$SECONDS',
    `    typeset -ga _perennial_known; _perennial_known=(\${(f)"$(perennial completion models 2>/dev/null)"})`,
    '  fi',
    '  compadd -a _perennial_known',
    '}',
    '_perennial_either() { _perennial_models; _files -/ }',
    '_perennial() {',
    '  if (( CURRENT == 2 )); then',
    '    local -a named',
    `    named=(${all.map(({ name, description }) => `'${name}:${said(description)}'`).join(' ')})`,
    '    _describe command named',
    '    return',
    '  fi',
    '  local called=$words[2]',
    '  shift words; (( CURRENT-- ))',
    '  case $called in',
    ...cases,
    '  esac',
    '}',
    'compdef _perennial perennial',
  ].join('\n');
}
