// Runs one command: its options through commander, signals, terminal facts, and errors as one sentence with a remedy.
import { Command, CommanderError, Option } from 'commander';
import { PurserError, errorTable } from '../core/errors.js';
import { loadConfig, type Config } from '../config/load-config.js';
import { formatFlag } from '../config/option-row.js';
import { listOptions } from '../config/options.js';
import type { CommandContext, CommandModule, WorkerModule } from './command.js';
import { commands } from './commands.js';
import { findClosestWord } from '../policy/closest-word.js';
import { wrapText } from './render/phrase.js';

const INTERRUPTED = 130;

interface Parsed {
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

function parse(name: string, module: CommandModule, summary: string, argv: readonly string[]): Parsed {
  const command = new Command(`purser ${name}`)
    .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`)
    .exitOverride();
  if (module.operands !== undefined) command.arguments(module.operands);
  for (const [flags, description, fallback] of module.options ?? []) command.option(flags, description, fallback);
  command.option('--json', 'print exactly one JSON document').option('--debug', 'show stack traces');
  for (const row of listOptions()) {
    const flag = formatFlag(row);
    if (flag !== undefined) command.addOption(new Option(flag, row.description).hideHelp());
  }
  command.addHelpText(
    'after',
    `\nExample:\n  ${module.example.split('\n').join('\n  ')}\n\nOptions of every command: purser --help\n`,
  );
  command.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'purser: ')) });
  command.parse([...argv], { from: 'user' });
  return { operands: command.args, options: command.opts() };
}

function isColourful(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';
}

/** stdout of a command with `--json`: one document, whatever happens. */
interface JsonOutput {
  readonly isWanted: boolean;
  isPrinted: boolean;
}

function printJson(output: JsonOutput, value: unknown): void {
  output.isPrinted = true;
  process.stdout.write(`${JSON.stringify(value, null, process.stdout.isTTY === true ? 2 : undefined)}\n`);
}

/** Nothing where the command gave its answer before it failed. */
function printJsonError(output: JsonOutput, error: { code: string; message: string; remedy: string }): void {
  if (output.isWanted && !output.isPrinted) printJson(output, { error });
}

interface Surroundings {
  readonly loadWorkers: () => Promise<WorkerModule>;
  readonly signal: AbortSignal;
  readonly output: JsonOutput;
}

function buildContext(parsed: Parsed, { loadWorkers, signal, output }: Surroundings): CommandContext {
  const json = parsed.options['json'] === true;
  const isTerminal = process.stdout.isTTY === true;
  let config: Config | undefined;
  let shown = false;
  const clearProgress = (): void => {
    if (shown) process.stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    ...parsed,
    json,
    facts: { width: isTerminal ? process.stdout.columns : undefined, colours: !json && isColourful(process.stdout) },
    isInteractive: isTerminal && process.stdin.isTTY === true,
    cwd: process.cwd(),
    config: () => (config ??= loadConfig({ options: parsed.options, env: process.env, cwd: process.cwd() })),
    loadWorkers,
    signal,
    print(text) {
      clearProgress();
      if (!json) process.stdout.write(`${text}\n`);
    },
    printJson(value) {
      clearProgress();
      printJson(output, value);
    },
    progress(text) {
      if (json || process.stderr.isTTY !== true) return;
      clearProgress();
      process.stderr.write(text);
      shown = true;
    },
    note(text) {
      clearProgress();
      process.stderr.write(`${text}\n`);
    },
  };
}

/** At the width of the terminal, further lines a little deeper than the first. */
function wrapLine(line: string): string[] {
  const text = line.trimStart();
  const indent = line.length - text.length;
  const [first = '', ...more] = wrapText(text, process.stderr.columns, indent, indent + 2);
  return [' '.repeat(indent) + first, ...more];
}

function tellError(error: unknown, isDebugging: boolean, output: JsonOutput): number {
  const code = error instanceof PurserError ? error.code : 'internal';
  const { remedy, exitCode } = errorTable[code];
  const message = error instanceof Error ? error.message : String(error);
  const isSaid = error instanceof PurserError && error.saysRemedy === true;
  const lines = [...`purser: ${message}`.split('\n'), ...(isSaid ? [] : [`  ${remedy}`])].flatMap(wrapLine);
  // On a terminal both would be read one below the other.
  const isShownAsJson = output.isWanted && !output.isPrinted && process.stdout.isTTY === true;
  if (!isShownAsJson) process.stderr.write(`${lines.join('\n')}\n`);
  if (isDebugging && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  printJsonError(output, { code, message, remedy });
  return exitCode;
}

/** Commander has told it on stderr. */
function refuseOptions(error: CommanderError, output: JsonOutput): number {
  if (error.exitCode === 0) return 0;
  const message = error.message.replace(/^error: /, '');
  printJsonError(output, { code: 'option-invalid', message, remedy: errorTable['option-invalid'].remedy });
  return 2;
}

function refuseUnknown(name: string, output: JsonOutput): number {
  const close = findClosestWord(
    name,
    commands.map((command) => command.name),
  );
  const message = `there is no command "${name}".${close === undefined ? '' : ` Did you mean "${close}"?`}`;
  const remedy = 'purser --help lists them.';
  process.stderr.write(`purser: ${message} ${remedy}\n`);
  printJsonError(output, { code: 'option-invalid', message, remedy });
  return 2;
}

/** A closed pipe (`purser vms | head`) is no error, and ends nothing: `apply` carries on with what it began. */
function surviveClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Runs a command by name; returns the exit code. */
export async function runCommand(
  name: string,
  argv: readonly string[],
  { loadWorkers }: { readonly loadWorkers: () => Promise<WorkerModule> },
): Promise<number> {
  surviveClosedPipe();
  const isDebugging = argv.includes('--debug');
  const row = commands.find((command) => command.name === name);
  const output = { isWanted: argv.includes('--json'), isPrinted: false };
  if (row === undefined) return refuseUnknown(name, output);
  const abort = new AbortController();
  let signalled = 0;
  const stop = (): void => {
    signalled += 1;
    abort.abort();
    // A second Ctrl-C means it.
    if (signalled > 1) process.exit(INTERRUPTED);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const { command } = await row.load();
    if (command.endsBySignal === true) process.off('SIGINT', stop).off('SIGTERM', stop);
    const parsed = parse(name, command, row.summary, argv);
    const code = await command.run(buildContext(parsed, { loadWorkers, signal: abort.signal, output }));
    return code ?? 0;
  } catch (error) {
    if (error instanceof CommanderError) return refuseOptions(error, output);
    // At a question the terminal gives Ctrl-C to readline, which rejects and sends no signal.
    if (!abort.signal.aborted && !(error instanceof Error && error.name === 'AbortError')) {
      return tellError(error, isDebugging, output);
    }
    process.stderr.write('purser: interrupted.\n');
    printJsonError(output, { code: 'interrupted', message: 'Interrupted.', remedy: 'Run it again.' });
    return INTERRUPTED;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
