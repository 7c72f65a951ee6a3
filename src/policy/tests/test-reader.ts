// What is read of one test, with every problem at its place: instants, prices, names of policies and VMs. Judges no plan.
import { HOUR_MILLIS, DAY_MILLIS, parseUsdc } from '../../core/money.js';
import type { PolicySet } from '../../core/policy-types.js';
import type { Instant, Micros, Price } from '../../core/types.js';
import { findCountryFault } from '../check-fleet.js';
import { suggestWord } from '../closest-word.js';
import { placeProblem } from '../placed-yaml.js';
import type { PlacedDocument } from '../placed-yaml.js';
import type { DocumentPath, Problem } from '../problems.js';
import { INSTANT_EXPECTS } from '../schemas/test-parts.js';
import type { Zone } from '../zone.js';
import { readInstant, type WrittenInstant } from './read-instant.js';

export function readPrice(text: string): Price {
  const [amount = '', unit = ''] = text.split('/').map((part) => part.trim());
  return { amount: parseUsdc(amount) ?? 0n, periodMillis: unit === 'hour' ? HOUR_MILLIS : DAY_MILLIS };
}

export function readMoney(written: string | number): Micros {
  return parseUsdc(String(written)) ?? 0n;
}

/** Names of policies that own VMs, that reap them, that limit what is charged, and all of them. */
export interface PolicyNames {
  readonly fleets: readonly string[];
  readonly reaps: readonly string[];
  readonly budgets: readonly string[];
  readonly all: readonly string[];
}

function listPolicyNames({ fleets, reaps, orphans, keys = [], budgets = [] }: PolicySet): PolicyNames {
  const namesOf = (policies: readonly { readonly name: string }[]): string[] => policies.map(({ name }) => name);
  return {
    fleets: namesOf(fleets),
    reaps: namesOf(reaps),
    budgets: namesOf(budgets),
    all: namesOf([...fleets, ...reaps, ...orphans, ...keys, ...budgets]),
  };
}

/** Reads one test of a document; what is wrong is noted, and read as something harmless. */
export class TestReader {
  readonly problems: Problem[] = [];
  readonly document: PlacedDocument;
  readonly at: Instant;
  readonly zone: Zone;
  readonly policies: PolicySet;
  readonly names: PolicyNames;

  constructor(parts: Pick<TestReader, 'document' | 'at' | 'zone' | 'policies'>) {
    this.document = parts.document;
    this.at = parts.at;
    this.zone = parts.zone;
    this.policies = parts.policies;
    this.names = listPolicyNames(parts.policies);
  }

  tell(path: DocumentPath, code: string, message: string, hint = '', part: 'key' | 'value' = 'value'): void {
    this.problems.push(placeProblem(this.document, path, { code, message, hint }, part));
  }

  instant(path: DocumentPath, text: string): WrittenInstant {
    const read = readInstant(text, this);
    if (read !== undefined) return read;
    this.tell(path, 'instant-wrong', `\`${text}\` is no instant.`, `Write ${INSTANT_EXPECTS}.`);
    return { at: this.at, precision: 60_000 };
  }

  /** An instant that lies behind the plan's, or is it. */
  past(path: DocumentPath, text: string): Instant {
    const { at } = this.instant(path, text);
    if (at <= this.at) return at;
    this.tell(path, 'instant-future', `\`${text}\` lies after the instant of the plan.`, 'Write such as 30m ago.');
    return this.at;
  }

  policy(path: DocumentPath, name: string, kind: keyof PolicyNames = 'all', part: 'key' | 'value' = 'value'): void {
    const known = this.names[kind];
    if (known.includes(name)) return;
    const what = { fleets: 'fleet', reaps: 'reap', budgets: 'budget', all: 'policy' }[kind];
    const there = known.length === 0 ? `There is no ${what} in them.` : `There are: ${known.join(', ')}.`;
    const message = `The policies of this file hold no ${what} \`${name}\`.`;
    this.tell(path, 'policy-unknown', message, suggestWord(name, known, there), part);
  }

  country(path: DocumentPath, code: string | undefined): void {
    const fault = findCountryFault(code);
    if (fault !== undefined) this.tell(path, 'country-unknown', fault.message, fault.hint);
  }
}
