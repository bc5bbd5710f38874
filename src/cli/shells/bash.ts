/** Completion in bash. Pure. */
import type { Completed, Flag } from '../completion.ts';

const flagsOf = ({ flags }: Completed): string => flags.map(({ name }) => `--${name}`).join(' ');
const valued = (all: readonly Completed[], value: Flag['value']): string[] => [
  ...new Set(all.flatMap(({ flags }) => flags.filter((flag) => flag.value === value).map(({ name }) => `--${name}`))),
];

/** Asking for the models takes a second: they are kept for a minute. */
const BASH_MODELS = `_perennial_models() {
  if [ -z "$_perennial_at" ] || [ $((SECONDS - _perennial_at)) -gt 60 ]; then
    _perennial_known=$(perennial completion models 2>/dev/null)
    _perennial_at=$SECONDS
  fi
  printf '%s\\n' "$_perennial_known"
}`;

export function bash(all: readonly Completed[]): string {
  const cases = all.flatMap((one) => {
    const firsts = [
      ...one.first.map((kind) =>
        kind === 'models' ? '$(compgen -W "$_perennial_known" -- "$word")' : '$(compgen -d -- "$word")',
      ),
      ...(one.words.length > 0 ? [`$(compgen -W "${one.words.join(' ')}" -- "$word")`] : []),
    ];
    const ask = one.first.includes('models') ? ['_perennial_models >/dev/null'] : [];
    const lines = firsts.length === 0 ? [] : [...ask, `COMPREPLY=(${firsts.join(' ')})`];
    return [
      `    ${one.name})`,
      `      flags="${flagsOf(one)}"`,
      `      first() { ${[...lines, ':'].join('; ')}; }`,
      '      ;;',
    ];
  });
  return [
    '# Perennial in bash: eval "$(perennial completion bash)"',
    BASH_MODELS,
    '_perennial() {',
    `  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} flags=""`,
    '  COMPREPLY=()',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${all.map(({ name }) => name).join(' ')}" -- "$word"))`,
    '    return',
    '  fi',
    '  case "$before" in',
    `    ${valued(all, 'file').join(' | ')}) COMPREPLY=($(compgen -f -- "$word")); return ;;`,
    `    ${valued(all, 'text').join(' | ')}) return ;;`,
    '  esac',
    '  first() { :; }',
    `  case "\${COMP_WORDS[1]}" in`,
    ...cases,
    '  esac',
    '  case "$word" in',
    '    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;',
    '    *) first ;;',
    '  esac',
    '  unset -f first',
    '}',
    'complete -o filenames -F _perennial perennial',
  ].join('\n');
}
