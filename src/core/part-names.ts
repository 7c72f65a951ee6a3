// Names of a VM's parts, made from its own: `<VM>-b` its boot disk, `<VM>-0` to `-9` data disks, `<VM>-i` its public IP. Like a
// VM's, such a name tells whose a part is, and alone never gives the right to delete it.
import type { PartKind } from './types.js';

/** The strictest rule of the cloud: so many of a-z0-9-, no hyphen at the ends. */
export const LONGEST_PART_NAME = 25;

const PART = /^([a-z0-9](?:[a-z0-9-]{0,21}[a-z0-9])?)-([bi0-9])$/;

/** `index` (0 to 9) tells data disks apart. undefined: the VM's name is too long, or of other characters, to make one of. */
export function buildPartName(vmName: string, kind: PartKind, index = 0): string | undefined {
  const ending = kind === 'boot-disk' ? 'b' : kind === 'public-ip' ? 'i' : String(index);
  const name = `${vmName}-${ending}`;
  return PART.test(name) ? name : undefined;
}

/** The VM that a part was made for, by its name; a VM that was renamed since keeps its parts' names. */
export function readPartName(name: string): { readonly vmName: string; readonly kind: PartKind } | undefined {
  const [, vmName, ending] = PART.exec(name) ?? [];
  if (vmName === undefined || ending === undefined) return undefined;
  return { vmName, kind: ending === 'b' ? 'boot-disk' : ending === 'i' ? 'public-ip' : 'data-disk' };
}
