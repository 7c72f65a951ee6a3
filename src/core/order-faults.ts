// What can't be right about a fleet's order itself: names that the account doesn't have. Told before anything is paid for it; it
// knows neither offers nor money.
import type { FleetPolicy } from './policy-types.js';
import type { Image, Reason, SshKey } from './types.js';

/** What the account has by name. undefined: it could not be read, or nobody asked. */
export interface KnownNames {
  readonly images: readonly Pick<Image, 'slug'>[] | undefined;
  readonly keys?: readonly Pick<SshKey, 'name' | 'id'>[] | undefined;
}

/** Whether an entry of `vm.sshKeys` is the name of a registered key; files were read when the policy was compiled. */
export function isKeyName(entry: string): boolean {
  return !/^(ssh-|ecdsa-|sk-)\S*\s/.test(entry);
}

function findImageFault({ vm: { image } }: FleetPolicy, { images }: KnownNames): Reason | undefined {
  if (/^https?:\/\//.test(image) || images?.some(({ slug }) => slug === image) === true) return undefined;
  const why =
    images === undefined
      ? 'the list of images could not be read'
      : 'the product has no default image of that name; see `purser images`';
  return { code: 'image-unknown', text: `vm.image "${image}": ${why}` };
}

/** Names, or ids, that the account has no key of; a whole public key needs no registration. */
function findKeyFault({ vm }: FleetPolicy, { keys }: KnownNames): Reason | undefined {
  if (keys === undefined) return undefined;
  const isThere = (wanted: string): boolean =>
    keys.some(({ name, id }) => name === wanted || id === wanted.toLowerCase());
  const unknown = vm.sshKeys.filter(isKeyName).filter((wanted) => !isThere(wanted));
  if (unknown.length === 0) return undefined;
  const names = unknown.map((name) => `"${name}"`).join(', ');
  const what = unknown.length === 1 ? 'no SSH key of that name' : 'no SSH keys of these names';
  const text = `vm.sshKeys ${names}: the account has ${what}; \`purser keys\` lists them, \`purser keys add\` registers one`;
  return { code: 'key-unknown', text };
}

/** All of them at once, under the code of the first; undefined: the order names nothing that isn't there. */
export function findOrderFault(fleet: FleetPolicy, known: KnownNames): Reason | undefined {
  const faults = [findImageFault(fleet, known), findKeyFault(fleet, known)].filter((fault) => fault !== undefined);
  const [first] = faults;
  return first === undefined ? undefined : { code: first.code, text: faults.map(({ text }) => text).join('. ') };
}
