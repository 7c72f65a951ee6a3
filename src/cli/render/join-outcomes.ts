// Several outcomes of one kind at one instant become one: four VMs of a fleet that were parked together are one line.
import type { LedgerEntry } from '../../core/books.js';

function groupEntries(entries: readonly LedgerEntry[]): readonly (readonly LedgerEntry[])[] {
  const groups = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const { vmName = '' } = entry;
    // Notes are free words; what happened has words of its own for each kind.
    const words = entry.vmName === undefined || entry.event === 'note' ? entry.text.replaceAll(vmName, '') : '';
    const key = `${entry.at}/${entry.account}/${entry.policy ?? ''}/${entry.event}/${entry.part === undefined ? 'vm' : 'part'}/${words}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}

function speakOfSeveral(text: string, name: string): string {
  return text
    .replace(
      `the record of ${name} is gone, its reserve is free`,
      `the records of ${name} are gone, their reserves are free`,
    )
    .replace(`${name} is `, `${name} are `)
    .replace(`${name} was `, `${name} were `)
    .replace(/( are [a-z ]+ and) was /, '$1 were ')
    .replace(': the provider terminated it', ': the provider terminated them')
    .replace(/, frees its reserve of ([\d.]+)/, ', frees their reserves of $1 each')
    .replace(': it runs on and is ', ': they run on and are ')
    .replaceAll(' its ', ' their ');
}

const PART = /\bthe (?:boot disk|data disk|public IP) of /;

/** Disks and addresses are told by their VMs: `the disks and addresses of web-a1… and 3 more`. */
function joinParts(group: readonly LedgerEntry[], text: string): { readonly name: string; readonly text: string } {
  const { vmName } = group[0]!;
  const others = new Set(group.map((entry) => entry.vmName)).size - 1;
  const name = others === 0 ? vmName! : `${vmName} and ${others} more`;
  return { name, text: text.replace(PART, 'the disks and addresses of ').replaceAll(vmName!, name) };
}

function joinNames(group: readonly LedgerEntry[], text: string): { readonly name: string; readonly text: string } {
  const { vmName } = group[0]!;
  const isOneName = group.every((entry) => entry.vmName === vmName);
  const name = isOneName ? `${group.length} x ${vmName}` : `${vmName} and ${group.length - 1} more`;
  return { name, text: text.replaceAll(vmName!, name) };
}

/** `web-a1… and 3 more`, or `4 x web-a1…` while they bear one name. The first entry speaks for all; money is summed. */
function joinGroup(group: readonly LedgerEntry[]): LedgerEntry {
  const [first, ...others] = group;
  if (others.length === 0 || first!.vmName === undefined) return first!;
  const money = first!.money === undefined ? undefined : group.reduce((sum, entry) => sum + (entry.money ?? 0n), 0n);
  const { name, text } = PART.test(first!.text) ? joinParts(group, first!.text) : joinNames(group, first!.text);
  return { ...first!, vmName: name, text: speakOfSeveral(text, name), money };
}

/** In the order of their first entries. */
export function joinOutcomes(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return groupEntries(entries).map(joinGroup);
}
