// A file that says which process holds something. Created exclusively, touched while held, taken over when its holder is
// dead. It protects a folder from our own processes, not from people.
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import type { Instant, Millis } from '../core/types.js';
import { identifySelf, judgeProcess, type ProcessIdentity } from './process-identity.js';

/** How often a held file is touched, and from what age on a holder that can't be looked at counts as dead. */
const TOUCH_MILLIS: Millis = 5_000;
const STALE_MILLIS: Millis = 30_000;

export interface LockHolder extends ProcessIdentity {
  /** What it does: `up`, `starting Redis`. */
  readonly role: string;
  readonly since: Instant;
  /** Tells two locks of one process apart. */
  readonly nonce: string;
}

export interface LockFile {
  release(): void;
}

/** Compared with the times of files, which are wall time whatever clock Purser runs by. */
function readWallClock(): Instant {
  // eslint-disable-next-line no-restricted-syntax -- not the port's time, see above
  return Date.now();
}

function describeSelf(role: string): LockHolder {
  return { ...identifySelf(), role, since: readWallClock(), nonce: randomUUID() };
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function readText(path: string): { text: string; touchedAt: Instant } | undefined {
  try {
    return { text: readFileSync(path, 'utf8'), touchedAt: statSync(path).mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    return JSON.parse(text) as LockHolder;
  } catch {
    return undefined;
  }
}

/** gone: no such file. stale: its holder is dead. An unreadable file may be one that is being written just now. */
export function readLockFile(path: string): {
  state: 'gone' | 'stale' | 'held';
  holder: LockHolder | undefined;
  text: string;
} {
  const found = readText(path);
  if (found === undefined) return { state: 'gone', holder: undefined, text: '' };
  const holder = parseHolder(found.text);
  const judged = holder === undefined ? 'elsewhere' : judgeProcess(holder);
  const isStale = judged === 'dead' || (judged === 'elsewhere' && readWallClock() - found.touchedAt > STALE_MILLIS);
  return { state: isStale ? 'stale' : 'held', holder, text: found.text };
}

/** Removes exactly the file with that text: another process may have taken it over since we read it. */
function removeStale(path: string, text: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== text) {
    try {
      linkSync(aside, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  rmSync(aside, { force: true });
}

/** Writes a file of its own name for this process and keeps it fresh. */
export function writeLockFile(path: string, role: string): LockFile {
  const text = JSON.stringify(describeSelf(role));
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  const timer = setInterval(() => {
    try {
      const now = readWallClock() / 1000;
      utimesSync(path, now, now);
    } catch {
      // The folder was removed under us; there is nothing left to protect.
    }
  }, TOUCH_MILLIS);
  timer.unref();
  return {
    release() {
      clearInterval(timer);
      if (readText(path)?.text === text) rmSync(path, { force: true });
    },
  };
}

/** Takes the lock, or says who holds it (undefined: it can't be read yet). */
export function takeLockFile(path: string, role: string): { lock: LockFile } | { holder: LockHolder | undefined } {
  for (;;) {
    try {
      return { lock: writeLockFile(path, role) };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const found = readLockFile(path);
    if (found.state === 'held') return { holder: found.holder };
    if (found.state === 'stale') removeStale(path, found.text);
  }
}
