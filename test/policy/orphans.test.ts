// `kind: orphans`: what is wrong with one stands at its place, and a right one means what it says.
import { describe, expect, it } from 'vitest';
import type { Orphan } from '../../src/core/policy-types.js';
import { HOUR, MINUTE, NOON } from '../core/samples.js';
import { checkText } from './policy-texts.js';

const write = (...more: string[]) => ['kind: orphans', 'name: tidy', ...more].join('\n');

function compile(...more: string[]) {
  const { set, problems } = checkText(write(...more));
  expect(problems).toEqual([]);
  return set!.orphans[0]!;
}

const disk: Orphan = {
  kind: 'data-disk',
  id: '9ECE3B90-1f15-4006-ba4f-6eda97f6312f',
  name: 'ci-cache',
  price: { amount: 2_750n, periodMillis: HOUR },
  paidUntil: NOON + HOUR,
  createdAt: NOON - 10 * HOUR,
  since: NOON - 90 * MINUTE,
  takenFrom: undefined,
  sizeGb: 25,
  address: undefined,
  reserved: undefined,
  country: undefined,
};

describe('an orphans policy', () => {
  it('observes what this installation made, a day long, when it says no more', () => {
    const { select, ...policy } = compile();
    expect(select).toBeUndefined();
    expect(policy).toMatchObject({ mode: 'observe', minAgeMillis: 24 * HOUR, deleteAt: 'boundary', account: 'main' });
  });

  it('takes all that it says', () => {
    const policy = compile('mode: act', 'minAge: 90m', 'billing: {deleteAt: now}', 'select: orphan.sizeGb > 10');
    expect(policy).toMatchObject({ mode: 'act', minAgeMillis: 90 * MINUTE, deleteAt: 'now' });
  });

  it.each([
    ['orphan.kind == "data-disk" && orphan.name.startsWith("ci-")', true],
    ['orphan.kind == "public-ip"', false],
    ['orphan.sizeGb == 25 && orphan.pricePerDay < 0.07', true],
    ['orphan.ageHours > 9 && orphan.idleHours > 1 && orphan.idleHours < 2', true],
    ['orphan.id == "9ece3b90-1F15-4006-ba4f-6eda97f6312f"', true],
    ['orphan.paidUntil > now && orphan.createdAt < now && orphan.account == "main"', true],
    ['orphan.address.startsWith("192.")', false],
    ['!orphan.address.startsWith("192.")', false],
    ['has(orphan.country) || orphan.name == "ci-cache"', true],
  ])('selects by %s', (text, isMeant) => {
    expect(compile(`select: '${text}'`).select!(disk, { now: NOON, account: 'main' })).toBe(isMeant);
  });

  it.each([
    ['select: vm.name == "x"', 'cel-type', 'select'],
    ['select: orphan.nam == "x"', 'cel-type', 'select'],
    ['select: orphan.name', 'cel-type', 'select'],
    ['select: orphan.name ==', 'cel-broken', 'select'],
    ['select: "true"', 'warning-select-constant', 'select'],
    ['minAge: 30', 'type-wrong', 'minAge'],
    ['idle: {for: 30m}', 'key-unknown', 'idle'],
    ['account: other', 'account-unknown', 'account'],
  ])('places what is wrong with %s', (line, code, path) => {
    const { problems } = checkText(write(line));
    expect(problems).toMatchObject([{ code, path, line: 3 }]);
  });

  it('suggests the field that was meant', () => {
    expect(checkText(write('select: orphan.nam == "x"')).problems[0]!.hint).toBe('Did you mean `orphan.name`?');
  });
});
