// What intents of the small changes name: new names, open ports, registered keys. Pure shapes.
import type { Port } from './types.js';

export interface RenameTarget {
  readonly vmId: string;
  readonly from: string;
  readonly to: string;
}

export interface PortsTarget {
  readonly vmId: string;
  readonly vmName: string;
  readonly clusterId?: string;
  /** All that is to be open: of what a call leaves out, nothing stays open. */
  readonly ports: readonly Port[];
  /** Where the API doesn't tell what is open, the worker finds it out, and closes these alone. */
  readonly closes: readonly Port[];
}

export interface KeyChange {
  readonly change: 'add' | 'remove';
  readonly name: string;
  readonly publicKey: string;
  readonly fingerprint: string;
  /** Of an add: somebody else's was there already, under another name. */
  readonly wasThere?: true;
}
