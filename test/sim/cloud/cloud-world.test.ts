// World files of the cloud: the default, what they may say, and where a problem is.
import { describe, expect, it } from 'vitest';
import { PurserError } from '../../../src/core/errors.js';
import type { CloudWorld } from '../../../src/sim/cloud/cloud-world.js';
import { createCloud } from '../../../src/sim/cloud/cloud.js';
import { parseWorld, readCloudWorld } from '../../../src/sim/world.js';

function refusalOf(text: string): string[] {
  try {
    parseWorld(text, 'world.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(PurserError);
    return (error as PurserError).details!['problems'] as string[];
  }
  throw new Error('The world was accepted.');
}

describe('a world of the cloud', () => {
  it('has four clusters in three countries, images, the key ops and 1000 USD unless it says otherwise', () => {
    const world = parseWorld('product: cloud', 'world.yaml') as CloudWorld;
    expect(world).toEqual(readCloudWorld({}));
    const { clusters, balance, keys } = world.cloud;
    expect(clusters.map(({ name, datacenter }) => [name, datacenter.country])).toEqual([
      ['paris-1', 'FR'],
      ['frankfurt-1', 'DE'],
      ['frankfurt-2', 'DE'],
      ['poznan-1', 'PL'],
    ]);
    expect(clusters[1]!.datacenter).toBe(clusters[2]!.datacenter);
    expect([balance, keys.map(({ name }) => name)]).toEqual([1_000_000_000n, ['ops']]);
    expect([...clusters[0]!.sold.values()][0]).toEqual({ price: 12_790n, capacity: 48 });
  });

  it('is meant when it is asked for, and a marketplace when neither is said', () => {
    expect(parseWorld('', 'world.yaml', { product: 'cloud' }).product).toBe('cloud');
    expect(parseWorld('', 'world.yaml').product).toBe('marketplace');
    expect(parseWorld('product: marketplace', 'world.yaml', { product: 'cloud' }).product).toBe('marketplace');
    expect(refusalOf('product: clouds')).toEqual(['world.yaml:1:10: product must be one of marketplace, cloud']);
  });

  it('places things and plays what is planned, with offsets from its start', () => {
    const text = [
      'product: cloud',
      'start: 2026-01-01T00:00:00Z',
      'vms: [{name: db-1, paidUntil: +20m}]',
      'storages: [{name: old, cluster: poznan-1, count: 2}]',
      'publicIps: [{name: spare}]',
      'terminations: [{at: +36h, name: db-*}]',
      'moves: [{at: +1h, country: FR, price: 0.5, storagePricePerGb: 0.01}]',
      'quirks: {pageBase: "1", noBalanceStatus: 422}',
    ].join('\n');
    const world = parseWorld(text, 'world.yaml') as CloudWorld;
    expect(world.quirks).toMatchObject({ pageBase: '1', noBalanceStatus: 422, datacenterKey: 'dcId' });
    expect(world.cloud).toMatchObject({
      terminations: [{ at: Date.parse('2026-01-02T12:00:00Z'), vmName: 'db-*' }],
      moves: [{ at: Date.parse('2026-01-01T01:00:00Z'), move: { price: 500_000n, storagePricePerGb: 10_000n } }],
    });
    const cloud = createCloud(world.cloud, 1);
    expect([cloud.vms.size, cloud.storages.size, cloud.publicIps.size]).toEqual([1, 3, 2]);
    expect([...cloud.vms.values()][0]!.paidUntil).toBe(Date.parse('2026-01-01T00:20:00Z'));
  });

  it('names the place of every problem at once', () => {
    expect(refusalOf('product: cloud\noffers: []\nquirks: {pageBase: 2}\nstorages: [{name: Old}]')).toEqual([
      'world.yaml:2:1: the document has an unknown field "offers"',
      'world.yaml:3:20: quirks.pageBase must be one of 0, 1, either',
      'world.yaml:4:19: storages[0].name must be 1 to 25 of a-z, 0-9 and hyphens, no hyphen at the ends',
    ]);
    const text = [
      'product: cloud',
      'launch: {least: 1h, most: 1m}',
      'clusters:',
      '  - {name: one, country: FR, configurations: [{configuration: cpu-regular-3vcpu-1gb, price: 1}]}',
      '  - {name: one, country: DE}',
      'vms: [{name: a, country: PL}]',
      'sshKeys: [{name: ops, publicKey: none}]',
    ].join('\n');
    expect(refusalOf(text)).toEqual([
      'world.yaml:2:9: launch has a least (1h) that is longer than its most (1m); say both',
      'world.yaml:4:47: clusters[0].configurations[0] names cpu-regular-3vcpu-1gb, which the cloud does not know',
      'world.yaml:5:12: clusters[1].name is the name of another cluster too',
      'world.yaml:6:7: vms[0] asks for a country, cluster or configuration that this world does not have',
      'world.yaml:7:34: sshKeys[0].publicKey is no public SSH key',
    ]);
  });
});
