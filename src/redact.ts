/** Takes out of a text what could open a door, whoever repeats it: keys, signatures, tokens and passwords. Pure. */

const SECRET_PARAMETERS =
  'x-amz-[a-z-]+|sig|signature|credential|token|access_?token|id_?token|api[-_]?key|subscription-key|secret|password|passwd|pwd|auth';

/** They leave quotes and backslashes alone, so that a line of JSON stays one; bounded, so that none takes long. */
const OUT: readonly (readonly [pattern: RegExp, rest: string])[] = [
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, '$1…'],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"'<>\\]{1,300}@/gi, '$1…@'],
  [new RegExp(`([?&;](?:${SECRET_PARAMETERS})=)[^&\\s,'"<>\\\\]+`, 'gi'), '$1…'],
  [/\b((?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|Credential)=)[^&\s,'"\\]+/gi, '$1…'],
  [/\b(Bearer|Basic) +(?=[\w.~+/=-]{0,300}\d)[\w.~+/=-]{16,}/gi, '$1 …'],
  [
    /\b(x-api-key|(?:aws_?)?(?:secret_?access_?key|session_?token))(\\{0,9}["']?\s{0,3}[:=]\s{0,3}\\{0,9}["']?)[^\s"',}\\]+/gi,
    '$1$2…',
  ],
  [/(Canonical String|String-to-Sign)(?:[^"\\]|\\[^"])*/gi, '…'],
];

export const redact = (text: string): string =>
  OUT.reduce((left, [pattern, rest]) => left.replace(pattern, rest), text);

const SECRET_PARAMETER = new RegExp(`^(?:${SECRET_PARAMETERS})$`, 'i');

/** What in a uri is a secret, in words; undefined when nothing is. */
export function secretIn(uri: string): string | undefined {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (
    /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(uri) ||
    (url && url.protocol !== 'mailto:' && (url.username || url.password))
  )
    return 'a user or password stands before its host';
  const parameter = [...(url?.searchParams.keys() ?? [])].find((name) => SECRET_PARAMETER.test(name));
  return parameter && `its query carries "${parameter.slice(0, 60)}"`;
}
