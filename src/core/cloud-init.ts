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
