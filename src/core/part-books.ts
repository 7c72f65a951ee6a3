// What the books keep of disks and public IPs: those of a VM, and those that an ended VM left behind. Pure shapes.
import type { Instant, PartKind, Price } from './types.js';

/** A disk or a public IP that was attached to a VM of ours, as last seen. */
export interface ClaimedPart {
  readonly kind: PartKind;
  readonly id: string;
  readonly name: string | undefined;
  readonly price: Price | undefined;
  readonly paidUntil: Instant | undefined;
  /** for-it: by the purchase that made the VM; it goes with it. untold: it may be, the API hasn't told enough. */
  readonly made: 'for-it' | 'by-others' | 'untold';
}

/** What was made for a VM of ours that has ended, until it is gone too. */
export interface LeftPart extends ClaimedPart {
  readonly vmId: string;
  readonly vmName: string;
  readonly vmCreatedAt: Instant | undefined;
  readonly policy: string;
  readonly intent: string | undefined;
  /** When the VM's end was seen. */
  readonly since: Instant;
  /** The VM was deleted by us: what was begun is finished, whatever becomes of its policy. */
  readonly isBegun: boolean;
  /** Set while looks lack it although nobody called for its removal. */
  readonly missing?: { readonly since: Instant; readonly looks: number } | undefined;
}

/** What serves nobody, since the first look that showed it so. */
export interface Idle {
  readonly id: string;
  readonly since: Instant;
  /** Of an ended VM: believed looks in a row that showed it so; not counted beyond ENDED_LOOKS (lifecycle.ts). */
  readonly looks?: number;
}

/** A disk or address that somebody took from a VM of ours: whose it was. */
export interface TakenPart {
  readonly vmId: string;
  readonly vmName: string;
  /** A look showed it attached there. Else its name alone tells whose it was made for, and it may never have been attached. */
  readonly wasAttached: boolean;
}
