// The text that a VM is given at its first start, with places for secrets: `${NAME}` of each secret that is declared. Pure; where
// secrets come from is not known here, and a filled text must never be stored or logged.

/** Where a worker finds a secret at the call: a variable of its environment, or a file that only its user can read. */
export type SecretSource = { readonly env: string } | { readonly file: string };

export interface CloudInit {
  readonly text: string;
  /** By the name that stands in the text. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
}

/** The service takes no more, in bytes (`fluence-api.md`). */
export const MOST_USER_DATA_BYTES = 16 * 1024;

function placeOf(name: string): string {
  return `\${${name}}`;
}

/** Whether the text has a place for it. */
export function hasPlaceFor(text: string, name: string): boolean {
  return text.includes(placeOf(name));
}

/** The text with each secret in its places. What else looks like a place stays: shells have variables too. */
export function fillSecrets(text: string, values: Readonly<Record<string, string>>): string {
  const names = Object.keys(values);
  if (names.length === 0) return text;
  // In one pass, so that a secret which holds the place of another is left as it is.
  const places = new RegExp(`\\$\\{(${names.join('|')})\\}`, 'g');
  return text.replace(places, (_, name: string) => values[name]!);
}

/** So many characters of a secret in a row give something of it away. */
const TELLING = 6;

/** What escapes, folded lines and quotes leave the same. */
function plain(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Whether a text tells a part of a secret, in whatever form it is quoted. It may say so too often, never too seldom. */
export function repeatsSecret(text: string, secrets: readonly string[]): boolean {
  const told = plain(text);
  return secrets.some((secret) => {
    if (secret !== '' && text.includes(secret)) return true;
    const hidden = plain(secret);
    if (hidden === '') return false;
    if (hidden.length <= TELLING) return told.includes(hidden);
    const pieces = Array.from({ length: hidden.length - TELLING + 1 }, (_, at) => hidden.slice(at, at + TELLING));
    return pieces.some((piece) => told.includes(piece));
  });
}
