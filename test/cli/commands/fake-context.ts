// A command's context without a terminal: what it prints is kept, its environment and folder are given.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { CommandContext, CommandModule } from '../../../src/cli/command.js';
import { loadConfig } from '../../../src/config/load-config.js';

export interface Run {
  readonly code: number | undefined;
  /** Lines of stdout and of stderr. */
  readonly printed: string;
  readonly noted: string;
  /** What `--json` printed, one entry a document, as a reader would get it. */
  readonly documents: readonly unknown[];
}

export interface RunOptions {
  readonly operands?: readonly string[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly json?: boolean;
  /** Columns of the terminal; default: none. */
  readonly width?: number;
  readonly signal?: AbortSignal;
  readonly onPrint?: (text: string) => void;
  readonly onProgress?: (text: string) => void;
  /** For commands that carry something out. */
  readonly loadWorkers?: CommandContext['loadWorkers'];
}

/** The defaults that commander would fill in. */
function readFallbacks(command: CommandModule): Record<string, string> {
  const given = (command.options ?? []).flatMap(([flags, , fallback]) =>
    fallback === undefined ? [] : [[/--([a-z-]+)/.exec(flags)![1]!, fallback] as const],
  );
  return Object.fromEntries(given);
}

export async function runCommand(command: CommandModule, run: RunOptions): Promise<Run> {
  const { operands = [], options = {}, env = {}, cwd, json = false, signal = new AbortController().signal } = run;
  // Keys are read from the process itself, at the moment when a call needs one.
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const printed: string[] = [];
  const noted: string[] = [];
  const documents: unknown[] = [];
  const all = { ...readFallbacks(command), ...options };
  let config: ReturnType<typeof loadConfig> | undefined;
  const context: CommandContext = {
    operands,
    options: all,
    json,
    facts: { width: run.width, colours: false },
    isInteractive: false,
    cwd,
    signal,
    config: () => (config ??= loadConfig({ options: all, env, cwd })),
    loadWorkers: run.loadWorkers ?? (() => Promise.reject(new Error('this command needs no workers'))),
    print(text) {
      if (json) return;
      printed.push(text);
      run.onPrint?.(text);
    },
    printJson(value) {
      const text = JSON.stringify(value);
      documents.push(JSON.parse(text) as unknown);
      run.onPrint?.(text);
    },
    progress: (text) => run.onProgress?.(text),
    note: (text) => noted.push(text),
  };
  const code = await command.run(context);
  return { code, printed: printed.join('\n'), noted: noted.join('\n'), documents };
}

/** A folder of its own for one test, with these files in it. */
export function makeFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'purser-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A fleet that has nothing wrong with it, in one line a key. */
export function writeFleet(name: string, replicas: number, more = ''): string {
  return `kind: fleet
name: ${name}
replicas: ${replicas}
where: {countries: [FR], configuration: cpu-2-ram-4gb-storage-25gb, maxPrice: 0.80/day}
vm: {image: ubuntu-24-04-x64, sshKeys: [ops]}
${more}`;
}
