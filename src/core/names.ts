// VM names that carry their intent: `<fleet>-<installation 2><intent 6>` while new, plus two characters a VM once named.
// A name alone never gives the right to delete: it only counts (see "known by name" in lifecycle.ts).
import { hashText } from './hash.js';

/** Crockford's base 32 in lower case: no i, l, o, u. */
export const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Two characters of index: so many VMs an intent can name. */
export const MOST_PER_INTENT = ALPHABET.length * ALPHABET.length;

const FLEET_NAME = /^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/;
const INTENT = new RegExp(`^[${ALPHABET}]{6}$`);
const MEMBER = new RegExp(`^([a-z0-9][a-z0-9-]{0,11})-([${ALPHABET}]{2})([${ALPHABET}]{6})([${ALPHABET}]{2})?$`);

export interface MemberName {
  readonly fleet: string;
  readonly intent: string;
  /** undefined while the VM has only the name of its intent. */
  readonly index: number | undefined;
}

/** 1 to 12 of a-z0-9-, no hyphen at the ends. */
export function isPolicyName(text: string): boolean {
  return FLEET_NAME.test(text);
}

/** Two characters over [0, 1024). */
function toBase32Pair(value: number): string {
  return `${ALPHABET[Math.floor(value / 32) % 32]}${ALPHABET[value % 32]}`;
}

function checkOf(installation: string, body: string): string {
  return toBase32Pair(Number(BigInt(`0x${hashText(`${installation}/${body}`)}`) % 1024n));
}

/** Makes an intent's id from four characters of ALPHABET, which the caller draws; the check is keyed by the installation. */
export function buildIntentId(body: string, installation: string): string {
  return body + checkOf(installation, body);
}

/** Whether the text has the form of an intent's id and its check belongs to this installation. */
export function isIntentIdOf(id: string, installation: string): boolean {
  return INTENT.test(id) && checkOf(installation, id.slice(0, 4)) === id.slice(4);
}

/** The name that all VMs of an intent are created with. */
export function buildBaseName(fleet: string, installation: string, intent: string): string {
  return `${fleet}-${installation}${intent}`;
}

/** The name of one VM of an intent; index in [0, MOST_PER_INTENT). */
export function buildMemberName(fleet: string, installation: string, intent: string, index: number): string {
  return addIndex(buildBaseName(fleet, installation, intent), index);
}

/** The name of one VM, made from the name of its intent. */
export function addIndex(baseName: string, index: number): string {
  return baseName + toBase32Pair(index);
}

/** The name of the VM that its intent is for alone. */
export function buildFirstName(fleet: string, installation: string, intent: string): string {
  return buildMemberName(fleet, installation, intent, 0);
}

/** Reads a VM's name; undefined when it isn't one that this installation gave (a wrong check is a foreign VM). */
export function parseMemberName(name: string, installation: string): MemberName | undefined {
  const match = MEMBER.exec(name);
  if (match === null) return undefined;
  const [, fleet = '', writtenInstallation = '', intent = '', pair] = match;
  if (writtenInstallation !== installation || !isIntentIdOf(intent, installation)) return undefined;
  const index = pair === undefined ? undefined : ALPHABET.indexOf(pair[0]!) * 32 + ALPHABET.indexOf(pair[1]!);
  return { fleet, intent, index };
}

/**
 * What a VM that is known to be of an intent is called: its index, `base` while it has the name of its intent alone, undefined
 * when it bears another name. Reads no fleet, so that members keep their names when their fleet is renamed.
 */
export function readNameOf(name: string, installation: string, intent: string): number | 'base' | undefined {
  const tail = `-${installation}${intent}`;
  if (name.endsWith(tail)) return 'base';
  if (!name.startsWith(tail, name.length - tail.length - 2)) return undefined;
  const [tens, ones] = [ALPHABET.indexOf(name.at(-2)!), ALPHABET.indexOf(name.at(-1)!)];
  return tens < 0 || ones < 0 ? undefined : tens * ALPHABET.length + ones;
}
