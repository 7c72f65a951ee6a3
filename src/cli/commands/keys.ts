// `purser keys`: the SSH keys of an account: list, add, remove. A private key never leaves the machine, and is never printed.
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { PurserError } from '../../core/errors.js';
import { isPrivateKey, isPublicKey } from '../../policy/ssh-key-text.js';
import { accountOption, chooseAccounts, chooseOneAccount } from '../choose-accounts.js';
import { askCloud, askClouds } from '../ask-clouds.js';
import type { CommandContext, CommandModule } from '../command.js';
import { printByAccount } from '../print-by-account.js';
import { keysToJson, renderKeys } from '../render/render-market.js';

const MOST_KEY_BYTES = 20_000;

async function list(context: CommandContext): Promise<number> {
  const accounts = chooseAccounts(context.config(), context.options);
  const answers = await askClouds(context, accounts, async (cloud) => {
    const keys = await cloud.listKeys({ signal: context.signal });
    return keys.toSorted((a, b) => (a.name + a.fingerprint < b.name + b.fingerprint ? -1 : 1));
  });
  printByAccount(context, answers, (keys) => renderKeys(keys, context.facts), keysToJson);
  return answers.isWhole ? 0 : 1;
}

function readKeyFile(path: string, cwd: string): string {
  const full = path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(cwd, path);
  try {
    const facts = statSync(full);
    if (facts.isFile() && facts.size <= MOST_KEY_BYTES) return readFileSync(full, 'utf8').trim();
  } catch (error) {
    throw new PurserError(
      'option-invalid',
      `"${path}" is neither a public key (ssh-ed25519 AAAA...) nor a file that can be read.`,
      { cause: error },
    );
  }
  throw new PurserError('option-invalid', `${path} is no file that could hold one public key.`);
}

/** The public key itself, or the file that holds it. Throws `option-invalid`; no message quotes what a file holds. */
function readPublicKey(given: string, cwd: string): string {
  const text = isPublicKey(given.trim()) ? given.trim() : readKeyFile(given, cwd);
  if (isPublicKey(text)) return text;
  const why = isPrivateKey(text)
    ? 'holds a private key; name the public one, which ends in .pub'
    : 'holds no SSH public key';
  throw new PurserError('option-invalid', `${given} ${why}.`);
}

async function add(context: CommandContext, name: string | undefined, given: string | undefined): Promise<number> {
  if (name === undefined || given === undefined) {
    throw new PurserError(
      'option-invalid',
      'Say the name and the key: purser keys add NAME FILE, or the key itself in quotes.',
    );
  }
  const account = chooseOneAccount(context.config(), context.options);
  const publicKey = readPublicKey(given, context.cwd);
  const { answer: key } = await askCloud(context, account, (cloud) => cloud.addKey({ name, publicKey }));
  const isOther = key.name !== name;
  if (context.json) context.printJson({ account: account.name, ...key });
  else if (isOther)
    context.print(
      `Nothing was added: account ${account.name} has this key already, as "${key.name}" (${key.fingerprint}). Policies name it so.`,
    );
  else
    context.print(
      `Account ${account.name} has the key "${key.name}" (${key.fingerprint}): policies may name it in sshKeys.`,
    );
  return 0;
}

async function remove(context: CommandContext, asked: string | undefined): Promise<number> {
  if (asked === undefined) throw new PurserError('option-invalid', 'Say which: purser keys remove FINGERPRINT.');
  const account = chooseOneAccount(context.config(), context.options);
  const { answer: key } = await askCloud(context, account, async (cloud) => {
    const found = (await cloud.listKeys()).filter((known) => known.fingerprint === asked || known.name === asked);
    const [only, second] = found;
    if (only === undefined || second !== undefined) {
      const many = `${found.length} keys of account ${account.name} bear the name "${asked}": say a fingerprint`;
      const none = `Account ${account.name} has no key with the fingerprint or name "${asked}"`;
      throw new PurserError('option-invalid', `${only === undefined ? none : many}; \`purser keys\` lists them.`);
    }
    await cloud.removeKey(only.fingerprint);
    return only;
  });
  if (context.json) context.printJson({ account: account.name, removed: key.fingerprint });
  else context.print(`Removed the key "${key.name}" (${key.fingerprint}). VMs that were made with it keep it.`);
  return 0;
}

export const command: CommandModule = {
  operands: '[action] [name] [key]',
  options: [accountOption],
  example: 'purser keys\npurser keys add ops ~/.ssh/id_ed25519.pub\npurser keys remove SHA256:...',
  async run(context) {
    const [action = 'list', name, key] = context.operands;
    if (action === 'list' && name === undefined) return list(context);
    if (action === 'add') return add(context, name, key);
    if (action === 'remove' && key === undefined) return remove(context, name);
    throw new PurserError(
      'option-invalid',
      'Write purser keys, purser keys add NAME FILE, or purser keys remove FINGERPRINT.',
    );
  },
};
