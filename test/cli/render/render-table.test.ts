import { expect, test } from 'vitest';
import { calendarToJson, renderCalendar } from '../../../src/cli/render/render-calendar.js';
import {
  imagesToJson,
  keysToJson,
  offersToJson,
  renderImages,
  renderKeys,
  renderOffers,
} from '../../../src/cli/render/render-market.js';
import { renderTable } from '../../../src/cli/render/render-table.js';
import { renderHosts, renderVms, vmsToJson } from '../../../src/cli/render/render-vms.js';
import type { VmRow } from '../../../src/cli/render/render-vms.js';
import { PLAIN, at } from './sample-plans.js';
import { buildOffer, buildVm } from './sample-vms.js';

const columns = [
  { title: 'NAME', shrinks: true },
  { title: 'COUNT', align: 'right' as const },
  { title: 'NOTE', shrinks: true },
];
const rows = [
  ['a-very-long-name-of-a-machine', '7', 'short'],
  ['b', '12000', 'x\u001b[2Jy'],
];

test('columns are aligned, numbers to the right, without boxes and without cutting when there is no terminal', () => {
  expect(renderTable(columns, rows, PLAIN)).toMatchInlineSnapshot(`
    "NAME                           COUNT  NOTE
    a-very-long-name-of-a-machine      7  short
    b                              12000  x [2Jy"
  `);
});

test('on a terminal the widest columns are cut with an ellipsis until the table fits', () => {
  const output = renderTable(columns, rows, { width: 30, colours: false });
  expect(output).toMatchInlineSnapshot(`
    "NAME             COUNT  NOTE
    a-very-long-na…      7  short
    b                12000  x [2Jy"
  `);
  expect(output.split('\n').every((line) => line.length <= 30)).toBe(true);
});

test('a terminal that is hopelessly narrow gets columns of eight, not nothing', () => {
  expect(renderTable(columns, rows, { width: 5, colours: false }).split('\n')[1]).toBe('a-very-…      7  short');
});

test('columns that may be left out go, the least important first, before the rest is wider than the terminal', () => {
  const some = [{ ...columns[0]!, yields: 1 }, { ...columns[1]!, yields: 2 }, { title: 'LAST' }];
  const titlesAt = (width: number): string =>
    renderTable(some, [['a', '7', 'b']], { width, colours: false }).split('\n')[0]!;
  expect(titlesAt(17)).toBe('NAME  COUNT  LAST');
  expect(titlesAt(16)).toBe('NAME  LAST');
  expect(titlesAt(9)).toBe('LAST');
  expect(titlesAt(1)).toBe('LAST');
});

test('only the head is bold', () => {
  expect(renderTable([{ title: 'A' }], [['b']], { width: undefined, colours: true })).toBe('\u001b[1mA\u001b[22m\nb');
});

const vms: VmRow[] = [
  { account: 'main', vm: buildVm(), policy: 'web', claim: 'parked', protected: true },
  {
    account: 'main',
    vm: buildVm({
      id: '0x02',
      name: 'db-1',
      status: 'unknown',
      statusText: 'Migrating',
      price: undefined,
      paidUntil: undefined,
      place: undefined,
      configuration: undefined,
      publicIp: undefined,
      createdAt: undefined,
    }),
    policy: undefined,
    claim: undefined,
    protected: false,
  },
];

test('VMs stand with what the API told, and a dash for what it did not', () => {
  expect(renderVms(vms, PLAIN)).toMatchInlineSnapshot(`
    "NAME            STATUS     POLICY  STATE              PLACE   CONFIGURATION               ADDRESS              PRICE  PAID UNTIL
    web-a1k3f2x000  active     web     parked, protected  FR PAR  cpu-2-ram-4gb-storage-25gb  154.42.3.159  0.306980/24h  Sat 06:50Z
    db-1            Migrating  -       -                  -       -                           -                        -  -"
  `);
  expect(renderVms([], PLAIN)).toBe('No VMs.');
});

test('hosts are one address a line', () => {
  const second: VmRow = { ...vms[0]!, vm: buildVm({ publicIp: '154.42.3.160' }) };
  expect(renderHosts([...vms, second])).toBe('154.42.3.159\n154.42.3.160');
  expect(renderHosts([])).toBe('');
});

test('VMs in JSON leave out what is not known', () => {
  const document: unknown = JSON.parse(JSON.stringify(vmsToJson(vms)));
  expect(document).toEqual([
    {
      account: 'main',
      policy: 'web',
      state: 'parked',
      protected: true,
      id: '0x01',
      name: 'web-a1k3f2x000',
      status: 'active',
      statusText: 'Active',
      place: { country: 'FR', city: 'PAR', cityIndex: 1, tier: 4, certifications: [] },
      configuration: 'cpu-2-ram-4gb-storage-25gb',
      vcpu: 2,
      ramGb: 4,
      storageGb: 25,
      publicIp: '154.42.3.159',
      ports: [{ port: 22, protocol: 'tcp' }],
      price: '0.306980',
      per: '24h',
      createdAt: '2026-11-19T06:50:00Z',
      paidUntil: '2026-11-21T06:50:00Z',
      reserved: '0.306980',
      spent: '0.613960',
    },
    {
      account: 'main',
      protected: false,
      id: '0x02',
      name: 'db-1',
      status: 'unknown',
      statusText: 'Migrating',
      vcpu: 2,
      ramGb: 4,
      storageGb: 25,
      ports: [{ port: 22, protocol: 'tcp' }],
      reserved: '0.306980',
      spent: '0.613960',
    },
  ]);
});

const offers = [
  buildOffer({
    price: { amount: 7_500_000n, periodMillis: 86_400_000 },
    configuration: 'cpu-32-ram-64gb-storage-25gb',
    hardware: {},
  }),
  buildOffer({ place: { country: 'PL', city: undefined, cityIndex: undefined, tier: undefined, certifications: [] } }),
  buildOffer(),
  buildOffer({ price: { amount: 12_000n, periodMillis: 3_600_000 }, capacity: 120 }),
];

test('offers are listed cheapest first, compared across periods', () => {
  expect(renderOffers(offers, PLAIN)).toMatchInlineSnapshot(`
    "CONFIGURATION                        PRICE  PLACE     TIER  FREE  HARDWARE             CERTIFICATIONS
    cpu-2-ram-4gb-storage-25gb     0.012000/1h  FR PAR 1     4   120  AMD Zen, DDR5, NVMe  SOC2, PCI DSS
    cpu-2-ram-4gb-storage-25gb    0.306980/24h  FR PAR 1     4     5  AMD Zen, DDR5, NVMe  SOC2, PCI DSS
    cpu-2-ram-4gb-storage-25gb    0.306980/24h  PL           -     5  AMD Zen, DDR5, NVMe  -
    cpu-32-ram-64gb-storage-25gb  7.500000/24h  FR PAR 1     4     5  -                    SOC2, PCI DSS"
  `);
  expect(offersToJson(offers).map(({ price, per }) => [price, per])).toEqual([
    ['0.012000', '1h'],
    ['0.306980', '24h'],
    ['0.306980', '24h'],
    ['7.500000', '24h'],
  ]);
  expect(renderOffers([], PLAIN)).toBe('Nothing is on offer now.');
});

test('images and keys are plain tables', () => {
  const image = {
    slug: 'ubuntu-24-04-x64',
    name: 'Ubuntu 24.04',
    distribution: 'Ubuntu',
    url: 'https://images.example/u.img',
    username: undefined,
  };
  const key = { name: 'ops', fingerprint: 'SHA256:abc', algorithm: 'ssh-ed25519', publicKey: 'ssh-ed25519 AAAA' };
  expect(renderImages([image], PLAIN)).toMatchInlineSnapshot(`
    "SLUG              NAME          DISTRIBUTION  USER  URL
    ubuntu-24-04-x64  Ubuntu 24.04  Ubuntu        -     https://images.example/u.img"
  `);
  expect(renderKeys([key], PLAIN)).toMatchInlineSnapshot(`
    "NAME  ALGORITHM    FINGERPRINT
    ops   ssh-ed25519  SHA256:abc"
  `);
  expect(imagesToJson([image])).toEqual([image]);
  expect(keysToJson([key])).toEqual([key]);
  expect([renderImages([], PLAIN), renderKeys([], PLAIN)]).toEqual([
    'The API lists no default images: name one by its URL in `vm.image`.',
    'No SSH keys in the account: `purser keys add NAME FILE` adds one.',
  ]);
});

const edges = [
  {
    policy: 'office',
    at: at('2027-03-26T19:00'),
    local: '2027-03-26T20:00:00+01:00',
    window: 'day',
    edge: 'close' as const,
    before: 10,
    after: 2,
    daylightSaving: false,
  },
  {
    policy: 'office',
    at: at('2027-03-29T06:00'),
    local: '2027-03-29T08:00:00+02:00',
    window: 'day',
    edge: 'open' as const,
    before: 2,
    after: 2,
    daylightSaving: true,
  },
];

test('the calendar shows both clocks and what each edge changes', () => {
  expect(renderCalendar(edges, [], PLAIN)).toMatchInlineSnapshot(`
    "AT                     LOCAL                      POLICY  WINDOW  EDGE    WANTED  NOTE
    Fri 2027-03-26 19:00Z  2027-03-26 20:00:00+01:00  office  day     close  10 -> 2
    Mon 2027-03-29 06:00Z  2027-03-29 08:00:00+02:00  office  day     open         2  daylight saving"
  `);
  expect(renderCalendar([], [], PLAIN)).toBe('No schedule has an edge in this time.');
});

test('the calendar in JSON has exactly the promised fields', () => {
  expect(calendarToJson(edges)[0]).toEqual({
    policy: 'office',
    at: '2027-03-26T19:00:00Z',
    local: '2027-03-26T20:00:00+01:00',
    window: 'day',
    edge: 'close',
    before: 10,
    after: 2,
    daylightSaving: false,
  });
});
