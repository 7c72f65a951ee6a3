// Reads a file that holds something secret: only its user may be able to read it, except where a container was given it for
// itself. It keeps texts in memory, and reads again what changed. No message of it ever holds what it read.
import { readFileSync, realpathSync, statSync } from 'node:fs';

const GROUP_AND_OTHERS = 0o077;

/** Container secrets: mounted for this container alone, with a mode that nobody in it can choose. */
const SECRETS_FOLDER = '/run/secrets/';

const cache = new Map<string, { readonly version: string; readonly text: string }>();

export type PrivateText =
  | { readonly text: string }
  /** What is wrong, to follow the file's name: `can be read by others (mode 0644): run ...`. */
  | { readonly fault: string; readonly isMissing: boolean };

export function readPrivateFile(path: string): PrivateText {
  try {
    const facts = statSync(path);
    const isPrivate = (facts.mode & GROUP_AND_OTHERS) === 0 || process.platform === 'win32';
    if (!isPrivate && !realpathSync(path).startsWith(SECRETS_FOLDER)) {
      const mode = (facts.mode & 0o777).toString(8).padStart(4, '0');
      return { fault: `can be read by others (mode ${mode}): run \`chmod 600 ${path}\``, isMissing: false };
    }
    const version = `${facts.mtimeMs} ${facts.ino} ${facts.size}`;
    const known = cache.get(path);
    if (known?.version === version) return known;
    const read = { version, text: readFileSync(path, 'utf8').trim() };
    cache.set(path, read);
    return read;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return { fault: `can't be read (${code})`, isMissing: true };
  }
}
