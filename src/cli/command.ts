// What a command is: words for --help, options of its own, and what it does. One command a file under commands/, thin.
import type { Config } from '../config/load-config.js';
import type { Engine } from '../scheduler/engine.js';
import type { JobHandler } from '../ports/queue.js';
import type { RenderFacts } from './render/render-facts.js';

/** An option of one command: `['--at <instant>', 'plan as if it were then']`. */
export type CommandOption = readonly [flags: string, description: string, fallback?: string];

/** The workers' handlers; handed in by bin/purser.mjs, since src never imports workers. */
export interface WorkerModule {
  readonly createHandlers: (engine: Engine) => JobHandler;
}

export interface CommandContext {
  /** Operands, as given. */
  readonly operands: readonly string[];
  /** The command's own options by camel case name. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly json: boolean;
  readonly facts: Omit<RenderFacts, 'now'>;
  /** Whether a person can be asked: both ends are a terminal. */
  readonly isInteractive: boolean;
  readonly cwd: string;
  /** Loads the configuration once. Throws `config-invalid`, `option-invalid`. */
  readonly config: () => Config;
  readonly loadWorkers: () => Promise<WorkerModule>;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** A line for a person, on stdout. */
  readonly print: (text: string) => void;
  /** The one JSON document of `--json`, on stdout. */
  readonly printJson: (value: unknown) => void;
  /** Progress, on stderr; nothing with --json or without a terminal. */
  readonly progress: (text: string) => void;
  /** A remark that isn't the answer, on stderr. */
  readonly note: (text: string) => void;
}

export interface CommandModule {
  /** Operands as commander writes them, e.g. `[path...]`. */
  readonly operands?: string;
  readonly options?: readonly CommandOption[];
  /** It computes without a pause and changes nothing, so SIGINT and SIGTERM end the process at once, as they do by default. */
  readonly endsBySignal?: true;
  /** Printed by --help. */
  readonly example: string;
  /** Returns the exit code; nothing is 0. */
  run(context: CommandContext): Promise<number | undefined>;
}
