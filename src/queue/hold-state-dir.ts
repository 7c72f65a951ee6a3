// One `up` a state directory. The second is told who holds it; what a dead process held is taken over.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PurserError } from '../core/errors.js';
import { takeLockFile, type LockHolder } from './lock-file.js';

export interface HeldStateDir {
  release(): void;
}

function describeHolder(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'another process that is just starting';
  return `\`purser ${holder.role}\` (pid ${holder.pid} on ${holder.host}, since ${new Date(holder.since).toISOString()})`;
}

/** Throws `state-dir-held` with the holder in message and details. A holder on another machine is dead after 30 s of silence. */
export function holdStateDir({ stateDir, role }: { readonly stateDir: string; readonly role: string }): HeldStateDir {
  const directory = resolve(stateDir);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const taken = takeLockFile(join(directory, 'holder.json'), role);
  if ('lock' in taken) return taken.lock;
  throw new PurserError(
    'state-dir-held',
    `The state directory ${directory} is held by ${describeHolder(taken.holder)}. Stop it, or give this process a state directory of its own.`,
    { details: { stateDir: directory, holder: taken.holder }, saysRemedy: true },
  );
}
