// World files: defaults, what they may say, and where a problem is.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PurserError } from '../../src/core/errors.js';
import { readWorldFile } from '../../src/sim/world-file.js';
import type { World } from '../../src/sim/marketplace/market-world.js';
import { parseWorld } from '../../src/sim/world.js';

function refusalOf(text: string): string[] {
  try {
    parseWorld(text, 'world.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(PurserError);
    expect((error as PurserError).code).toBe('world-invalid');
    return (error as PurserError).details!['problems'] as string[];
  }
  throw new Error('The world was accepted.');
}

describe('a world file', () => {
  it('may be empty: the default world has six countries, images, the key ops and 1000 USDC', () => {
    const { market, key } = parseWorld('', 'world.yaml') as World;
    expect(new Set(market.offers.map((offer) => offer.place.country))).toEqual(
      new Set(['DE', 'FR', 'GB', 'LT', 'PL', 'US']),
    );
    expect(market.offers.find((offer) => offer.place.country === 'FR')).toMatchObject({
      configuration: 'cpu-2-ram-4gb-storage-25gb',
      price: 306_980n,
      vcpu: 2,
      ramGb: 4,
      storageGb: 25,
    });
    expect(market.images.map((image) => image.slug)).toContain('ubuntu-24-04-x64');
    expect(market.keys.map((each) => each.name)).toEqual(['ops']);
    expect([market.balance, key, market.rules.regime]).toEqual([1_000_000_000n, 'sandbox-key', 'rolling']);
  });

  it('is read as YAML or as JSON, with offsets from its start', () => {
    const yaml =
      'start: 2026-01-01T00:00:00Z\nbilling: {regime: fixed, boundary: "06:30"}\nterminations: [{at: +36h, name: web-*}]';
    const { market } = parseWorld(yaml, 'world.yaml') as World;
    expect(market.terminations).toEqual([{ at: Date.parse('2026-01-02T12:00:00Z'), vmName: 'web-*' }]);
    expect(market.rules).toMatchObject({ regime: 'fixed', boundaryOfDayMillis: 23_400_000 });
    expect((parseWorld('{"balance": 12.5}', 'world.json') as World).market.balance).toBe(12_500_000n);
  });

  it('names the place of every problem at once', () => {
    const text = [
      'balanse: 3',
      'offers:',
      '  - {configuration: big, price: 0.3, country: FR}',
      '  - {configuration: cpu-2-ram-4gb-storage-25gb, price: "0.3", country: fr}',
      'billing: {regime: rolling, epoch: 1h}',
    ].join('\n');
    expect(refusalOf(text)).toEqual([
      'world.yaml:1:1: the document has an unknown field "balanse"',
      'world.yaml:3:21: offers[0].configuration must be a configuration, e.g. cpu-2-ram-4gb-storage-25gb',
      'world.yaml:4:72: offers[1].country must be a country code of two capital letters, e.g. FR',
      'world.yaml:5:28: billing has an unknown field "epoch"',
    ]);
  });

  it('refuses what has the right shape and no sense', () => {
    const text = [
      'start: 2026-02-30T00:00:00Z',
      'launch: {least: 1h, most: 1m}',
      'offers: [{configuration: cpu-2-ram-4gb-storage-25gb, price: 0, country: FR}]',
      'vms: [{name: db-1, country: PL}]',
      'sshKeys: [{name: ops, publicKey: ssh-ed25519 AAAA}]',
      'apps: [{path: /status, body: {busy: true}}]',
    ].join('\n');
    expect(refusalOf(text)).toEqual([
      'world.yaml:1:8: start is no date that a calendar has',
      'world.yaml:2:9: launch has a least (1h) that is longer than its most (1m); say both',
      'world.yaml:3:61: offers[0].price must be more than 0',
      'world.yaml:4:7: vms[0] asks for a country and configuration that no offer of this world has',
      'world.yaml:5:34: sshKeys[0].publicKey is no public SSH key',
      'world.yaml:6:8: apps[0] must say which VM: id, name or prefix',
    ]);
  });

  it('places broken YAML and stops alias bombs', () => {
    expect(refusalOf('offers: [')[0]).toMatch(/^world\.yaml:1:10: /);
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd']) bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`);
    expect(refusalOf(bomb.join('\n'))[0]).toMatch(/alias/i);
  });

  it('says so when the file can not be read', async () => {
    await expect(readWorldFile(fileURLToPath(new URL('./no-such-world.yaml', import.meta.url)))).rejects.toMatchObject({
      code: 'world-invalid',
      message: expect.stringContaining("no-such-world.yaml can't be read") as string,
    });
  });
});
