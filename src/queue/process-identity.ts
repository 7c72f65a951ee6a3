// Which process is this, and does it still live? A pid alone is not enough: pids are given again, and mean nothing on
// another machine or in another container. It only looks; it signals nobody.
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's ticks since boot; undefined where there is no /proc. */
  readonly startedAt: string | undefined;
  readonly host: string;
  /** Host, boot and pid namespace: pids can only be compared within one. */
  readonly machine: string;
}

function readOrUndefined(read: () => string): string | undefined {
  try {
    return read().trim();
  } catch {
    return undefined;
  }
}

/** `state` and `starttime` of /proc/PID/stat; the command's name in front may hold spaces and brackets. */
function readStat(pid: number): { state: string; startedAt: string } | undefined {
  const text = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] !== undefined && fields[19] !== undefined
    ? { state: fields[0], startedAt: fields[19] }
    : undefined;
}

function identifyMachine(): string {
  const boot = readOrUndefined(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const namespace = readOrUndefined(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot ?? '', namespace ?? ''].join('/');
}

export function identifySelf(): ProcessIdentity {
  return {
    pid: process.pid,
    startedAt: readStat(process.pid)?.startedAt,
    host: hostname(),
    machine: identifyMachine(),
  };
}

/** Whether a process of this machine has that pid. A zombie has ended. */
export function isPidAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return readStat(pid)?.state !== 'Z';
}

/** elsewhere: it ran on another machine, boot or container, so nothing can be said from here. */
export function judgeProcess(identity: ProcessIdentity): 'alive' | 'dead' | 'elsewhere' {
  if (identity.machine !== identifyMachine()) return 'elsewhere';
  if (!isPidAlive(identity.pid)) return 'dead';
  const startedAt = readStat(identity.pid)?.startedAt;
  return startedAt === undefined || identity.startedAt === undefined || startedAt === identity.startedAt
    ? 'alive'
    : 'dead';
}

/** Whether the process runs a program of one of these names in that working directory; false where there is no /proc. */
export function isProcessOf(pid: number, programs: readonly string[], directory: string): boolean {
  const program = readOrUndefined(() => readFileSync(`/proc/${pid}/comm`, 'utf8'));
  const cwd = readOrUndefined(() => readlinkSync(`/proc/${pid}/cwd`));
  return program !== undefined && programs.some((name) => name.startsWith(program)) && cwd === directory;
}
