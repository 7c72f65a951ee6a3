// `purser init`: purser.yaml, a first policy, its schema for editors, and .gitignore, where they are absent. Adds lines that a
// file lacks, and changes no line that is there; run again, it only says what it found.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { writeInitialConfig } from '../../config/initial-config.js';
import { optionTable } from '../../config/options.js';
import { renderPolicySchema } from '../../policy/policy-schema.js';
import type { CommandContext, CommandModule } from '../command.js';
import { describeFirstPolicy, writeFirstPolicy } from '../first-policy.js';
import { readProduct } from '../read-product.js';
import { writeAbsentFile } from '../write-file.js';

interface WrittenFile {
  readonly path: string;
  readonly outcome: 'created' | 'extended' | 'kept';
  readonly about: string;
}

/** Where the configuration stands or will stand: a file that an option names need not be there yet. */
function findConfigPath(context: CommandContext): string {
  const named = context.options['config'] ?? process.env[optionTable.config.variable];
  return resolve(context.cwd, typeof named === 'string' && named !== '' ? named : optionTable.config.default);
}

function writeConfig(context: CommandContext): { readonly file: WrittenFile; readonly installation: string } {
  const path = findConfigPath(context);
  // A broken file is told with its places before anything is written.
  if (existsSync(path)) context.config();
  const product = readProduct(context, process.env[optionTable.product.variable]) ?? 'marketplace';
  const { installation, outcome } = writeInitialConfig(path, product);
  const inForce = context.config().installation;
  if (inForce !== installation) {
    context.note(
      `${optionTable.installation.variable} or a flag says "${inForce}", which wins over the file's "${installation}".`,
    );
  }
  const shown = relative(context.cwd, path) || path;
  const about = `installation "${inForce}", two characters in every VM's name; commit the file`;
  return { file: { path: shown, outcome, about }, installation: inForce };
}

function writePolicies(context: CommandContext): readonly WrittenFile[] {
  const folder = join(context.cwd, 'policies');
  // As the file says by now, be it one that was there.
  const product = context.config().accounts[0]?.product ?? 'marketplace';
  mkdirSync(folder, { recursive: true });
  const own = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  const outcomeOf = (isNew: boolean) => (isNew ? ('created' as const) : ('kept' as const));
  const schema = outcomeOf(writeAbsentFile(join(folder, 'policy.schema.json'), renderPolicySchema()));
  const policies: WrittenFile[] =
    own.length > 0
      ? own.sort().map((name) => ({ path: `policies/${name}`, outcome: 'kept', about: 'yours' }))
      : [
          {
            path: 'policies/web.yaml',
            outcome: outcomeOf(writeAbsentFile(join(folder, 'web.yaml'), writeFirstPolicy(product))),
            about: describeFirstPolicy(product),
          },
        ];
  return [
    ...policies,
    { path: 'policies/policy.schema.json', outcome: schema, about: 'lets editors complete and check' },
  ];
}

/** State directories, and files that hold keys. */
const IGNORED = ['.purser/', '.purser-sandbox/', '*.key'];

/** Books, and a Redis that holds them, are nothing for a repository. */
function writeIgnored(context: CommandContext): WrittenFile {
  const path = join(context.cwd, '.gitignore');
  const about = 'keeps state directories and key files out of git';
  if (writeAbsentFile(path, `${IGNORED.join('\n')}\n`)) return { path: '.gitignore', outcome: 'created', about };
  const text = readFileSync(path, 'utf8');
  const present = new Set(text.split('\n').map((line) => line.trim().replace(/^\/|\/$/g, '')));
  const isPresent = (line: string): boolean =>
    present.has(line.replace(/\/$/, '')) || (line.startsWith('.purser') && present.has('.purser*'));
  const missing = IGNORED.filter((line) => !isPresent(line));
  if (missing.length === 0) return { path: '.gitignore', outcome: 'kept', about };
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  writeFileSync(path, `${gap}${missing.join('\n')}\n`, { flag: 'a' });
  return { path: '.gitignore', outcome: 'extended', about };
}

const nextSteps = `Next
  1. Without a key: run \`purser sandbox\` in another terminal and copy the lines that it prints into this one.
     With a key: make one in the Fluence console, then  export FLUENCE_API_KEY=...
  2. purser validate   checks the policies
  3. purser plan       shows what would be done, and why; changes nothing
  4. purser apply      shows the plan, asks, and carries it out once
  5. purser up         keeps it so: write \`mode: act\` in purser.yaml before, else it only observes`;

export const command: CommandModule = {
  example: 'purser init\npurser init --product cloud',
  run(context) {
    const { file, installation } = writeConfig(context);
    const files = [file, ...writePolicies(context), writeIgnored(context)];
    if (context.json) {
      context.printJson({ installation, files: files.map(({ path, outcome }) => ({ path, outcome })) });
      return Promise.resolve(0);
    }
    const wide = Math.max(...files.map(({ path }) => path.length));
    for (const { path, outcome, about } of files) context.print(`${outcome.padEnd(8)}  ${path.padEnd(wide)}  ${about}`);
    context.print(`\n${nextSteps}`);
    return Promise.resolve(0);
  },
};
