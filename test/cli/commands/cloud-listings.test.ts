import { beforeEach, describe, expect, it } from 'vitest';
import { command as balance } from '../../../src/cli/commands/balance.js';
import { command as images } from '../../../src/cli/commands/images.js';
import { command as keys } from '../../../src/cli/commands/keys.js';
import { command as offers } from '../../../src/cli/commands/offers.js';
import { command as prices } from '../../../src/cli/commands/prices.js';
import { command as vms } from '../../../src/cli/commands/vms.js';
import type { CommandModule } from '../../../src/cli/command.js';
import { openCloud, type CloudClient } from '../../sim/cloud/cloud-client.js';
import { openSandbox } from '../../sim/sandbox-client.js';
import { makeFolder, runCommand, type RunOptions } from './fake-context.js';

let sandbox: CloudClient;

beforeEach(async () => {
  sandbox = await openCloud();
});

function run(command: CommandModule, more: Partial<RunOptions> = {}, api: { url: string; key: string } = sandbox) {
  const product = api === sandbox ? 'cloud' : 'marketplace';
  const env = {
    FLUENCE_API_URL: api.url,
    FLUENCE_API_KEY: api.key,
    FLUENCE_PRODUCT: product,
    PURSER_CLOCK: 'sandbox',
  };
  return runCommand(command, { cwd: makeFolder(), ...more, env: { ...env, ...more.env } });
}

const titlesOf = (printed: string): string => printed.split('\n')[0]!.replaceAll(/ {2,}/g, '|');

describe('purser vms on the cloud', () => {
  beforeEach(async () => {
    await sandbox.control('vms', { name: 'ci-b', country: 'FR', paidUntil: '+20m' });
    await sandbox.control('vms', { name: 'ci-a', country: 'DE', paidUntil: '+30m' });
    await sandbox.control('storages', { name: 'old-disk', volumeGb: 40, paidUntil: '+10m' });
  });

  it('shows cluster, disk and address of each, and one price of all of it', async () => {
    const { printed, code } = await run(vms);
    const [head, first, second, left] = printed.split('\n');
    expect(titlesOf(head!)).toBe('NAME|STATUS|POLICY|STATE|PLACE|CONFIGURATION|ADDRESS|PARTS|PRICE|PAID UNTIL|CLUSTER');
    expect(first).toMatch(/^ci-a .*DE FRA .*cpu-regular-2vcpu-4gb .*25 GB \+ IP +0\.031500\/1h/);
    expect(second).toMatch(/^ci-b .*FR PAR .*0\.026500\/1h/);
    expect(left).toBe('Attached to nothing and charged on: old-disk (40 GB at 0.004000/1h).');
    expect(code).toBe(0);
  });

  it('filters by country, configuration and the whole price', async () => {
    const named = async (options: Record<string, unknown>) => {
      const { documents } = await run(vms, { json: true, options });
      return (documents[0] as { name: string }[]).map(({ name }) => name);
    };
    expect(await named({ country: 'fr' })).toEqual(['ci-b']);
    expect(await named({ maxPrice: '0.0265/hour' })).toEqual(['ci-b']);
    expect(await named({ maxPrice: '0.756/day' })).toEqual(['ci-a', 'ci-b']);
    expect(await named({ configuration: 'cpu-regular-4vcpu-8gb' })).toEqual([]);
  });

  it('tells parts in JSON with their own prices and boundaries', async () => {
    const { documents } = await run(vms, { json: true, options: { country: 'FR' } });
    expect(documents).toMatchObject([
      [
        {
          price: '0.020000',
          per: '1h',
          priceWithParts: '0.026500',
          clusterId: sandbox.cloud.clusters[0]!.id,
          parts: [
            { kind: 'boot-disk', sizeGb: 25, price: '0.002500' },
            { kind: 'public-ip', price: '0.004000' },
          ],
        },
      ],
    ]);
  });

  it('says which limit leaves nothing', async () => {
    const { printed } = await run(vms, { options: { maxPrice: '0.01/hour' } });
    expect(printed.split('\n')[0]).toBe('No VMs at most 0.010000/hour. The cheapest costs 0.026500/1h.');
    expect((await run(vms, { options: { state: 'stopped' } })).printed).toContain('No VMs stopped');
  });

  it.each([60, 100])('fits %i columns: what matters least is left out', async (width) => {
    const { printed } = await run(vms, { width });
    const lines = printed.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines[0]).toMatch(/^NAME .*PRICE +PAID UNTIL/);
  });
});

describe('purser offers on the cloud', () => {
  it('lists configuration, disk and address as one price, cheapest first', async () => {
    const { printed } = await run(offers);
    const rows = printed.split('\n').slice(1);
    expect(rows.map((row) => /[\d.]+\/1h/.exec(row)![0])).toEqual([
      '0.026500/1h',
      '0.031500/1h',
      '0.036500/1h',
      '0.046500/1h',
    ]);
    expect(titlesOf(printed)).toBe('CONFIGURATION|PRICE|PLACE|TIER|FREE|DISK|HARDWARE|CERTIFICATIONS|CLUSTER');
  });

  it('prices other sizes of the boot disk', async () => {
    const { documents } = await run(offers, { json: true, options: { storage: '25,100', country: 'DE' } });
    expect(documents).toMatchObject([
      [
        { storageGb: 25, price: '0.031500' },
        { storageGb: 100, price: '0.039000' },
      ],
    ]);
    await expect(run(offers, { options: { storage: 'large' } })).rejects.toMatchObject({ code: 'option-invalid' });
  });

  it('takes a whole size as policies do: every configuration of that size, with a disk of that size', async () => {
    const options = { configuration: 'cpu-2-ram-4gb-storage-100gb', country: 'DE' };
    const { documents } = await run(offers, { json: true, options });
    expect(documents).toMatchObject([[{ configuration: 'cpu-regular-2vcpu-4gb', storageGb: 100, price: '0.039000' }]]);
  });

  it.each([
    [{ country: 'US' }, 'No offers in US. There are some in: DE, FR.'],
    [
      { configuration: 'cpu-regular-2vcpu-4g' },
      'No offers of cpu-regular-2vcpu-4g. Did you mean `cpu-regular-2vcpu-4gb`?',
    ],
    [
      { configuration: 'cpu-regular-4vcpu-8gb', country: 'DE' },
      'No offers in DE, of cpu-regular-4vcpu-8gb. cpu-regular-4vcpu-8gb is in: FR.',
    ],
    [{ maxPrice: '0.01/hour' }, 'No offers at most 0.010000/hour. The cheapest costs 0.026500/1h.'],
  ])('says why %j leaves nothing', async (options, text) => {
    expect((await run(offers, { options })).printed).toBe(text);
    const { printed } = await run(offers, { options, width: 60 });
    expect(Math.max(...printed.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(printed.replaceAll('\n', ' ')).toBe(text);
  });
});

describe('purser prices', () => {
  it('lists VMs, disks by the GB and addresses of each cluster', async () => {
    const { printed } = await run(prices, { options: { country: 'DE' } });
    expect(printed.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
      ['OF', 'WHAT', 'PRICE', 'PLACE'],
      ['VM', 'cpu-regular-2vcpu-4gb', '0.025000/1h', 'DE FRA 1'],
      ['GB of disk', 'NVME', '0.000100/1h', 'DE FRA 1'],
      ['public IP', 'V4', '0.004000/1h', 'DE FRA 1'],
    ]);
  });

  it('takes a kind, a configuration and a price', async () => {
    const { documents } = await run(prices, { json: true, options: { kind: 'vm', maxPrice: '0.48/day' } });
    expect(documents).toMatchObject([
      [{ account: 'main', kind: 'vm', what: 'cpu-regular-2vcpu-4gb', price: '0.020000', per: '1h' }],
    ]);
    expect((await run(prices, { options: { kind: 'ip', country: 'PL' } })).printed).toBe(
      'No prices in PL. There are some in: DE, FR.',
    );
    await expect(run(prices, { options: { kind: 'ram' } })).rejects.toMatchObject({
      code: 'option-invalid',
      message: '--kind must be one of vm, disk, ip, not "ram".',
    });
  });

  it('is the price list of the marketplace too', async () => {
    const market = await openSandbox();
    const { printed } = await run(prices, {}, market);
    expect(printed.split('\n').map((line) => line.split(/ {2,}/))).toMatchObject([
      ['OF', 'WHAT', 'PRICE', 'PLACE'],
      ['VM', 'cpu-2-ram-4gb-storage-25gb', '0.300000/24h', expect.stringMatching(/^DE/)],
      ['VM', 'cpu-2-ram-4gb-storage-25gb', '0.306980/24h', expect.stringMatching(/^FR/)],
      ['VM', 'cpu-4-ram-8gb-storage-25gb', '0.600000/24h', expect.stringMatching(/^FR/)],
    ]);
  });
});

describe('purser balance', () => {
  it("tells the cloud's balance, and what its VMs cost with all their parts", async () => {
    await sandbox.control('vms', { name: 'ci-b', country: 'FR', paidUntil: '+20m' });
    await sandbox.control('storages', { name: 'old-disk', volumeGb: 40, paidUntil: '+10m' });
    const { printed } = await run(balance);
    const [head, line, holdings] = printed.split('\n');
    expect(titlesOf(head!)).toBe('OF|BALANCE|USED|USED, ESTIMATED|OVERAGE|DAYS LEFT');
    expect(line).toMatch(/^usd_balance +\d+\.\d{6} /);
    // 24 x (0.0265 + 0.004)
    expect(holdings).toBe('1 VM, with 1 part attached to nothing: 0.732000 a day.');
  });

  it('tells what the VMs of the marketplace hold, whose API tells no balance', async () => {
    const market = await openSandbox();
    await market.control('vms', { name: 'ci-b', country: 'FR', paidUntil: '+2h', state: 'active' });
    const { printed } = await run(balance, { width: 60 }, market);
    expect(printed).toMatch(
      /^The marketplace's API tells no balance; the Fluence console\ndoes\.\n1 VM: 0\.306980 a day\. They hold 0\.306980 in reserve and were\ncharged \d\.\d{6} so far\.$/,
    );
    const { documents } = await run(balance, { json: true }, market);
    expect(documents).toMatchObject([
      [{ account: 'main', product: 'marketplace', balances: null, vms: 1, perDay: '0.306980', reserved: '0.306980' }],
    ]);
  });
});

describe('purser images and keys on the cloud', () => {
  it('are listed with what the cloud names them by', async () => {
    const listed = await run(images, { json: true });
    const slugs = (listed.documents[0] as { slug: string }[]).map(({ slug }) => slug);
    expect(slugs).toEqual(slugs.toSorted());
    expect(slugs).toContain('ubuntu-24-04-x64');
    const { printed } = await run(keys);
    expect(titlesOf(printed)).toBe('NAME|ALGORITHM|FINGERPRINT|ID');
    expect(printed.split('\n')[1]).toMatch(/^ops +ssh-ed25519 +SHA256:\S+ +[0-9a-f-]{36}$/);
  });
});
