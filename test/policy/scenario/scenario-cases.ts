// Scenarios with one thing wrong each, and the expected problems written where they should be found.

/** The least that a scenario needs; `lines` are its other lines. */
export function writeScenario(...lines: readonly string[]): string {
  return ['kind: scenario', 'from: 2026-11-02', 'to: 2026-11-30', 'policies: [web.yaml]', ...lines].join('\n');
}

const CLOUD = 'product: cloud';
const OFFER = 'configuration: cpu-2-ram-4gb-storage-25gb, country: FR';

const spanCases: readonly (readonly [string, string])[] = [
  ['an empty file', '<<file-empty>>'],
  ['broken YAML', 'kind: scenario\nfrom: "2026\n<<yaml-broken>>'],
  ['a key that stands twice', writeScenario('seed: 1', '<<key-duplicate>>seed: 2')],
  ['several scenarios in one file', `${writeScenario()}\n---\n<<documents-several>>${writeScenario()}`],
  ['a list', '<<type-wrong>>- kind: scenario'],
  ['a policy', 'kind: <<kind-unknown>>fleet\nname: web'],
  ['another kind', 'kind: <<value-wrong>>scenery\nfrom: 2026-11-02\nto: 2026-11-30\npolicies: [web.yaml]'],
  ['no kind', '<<key-missing>>from: 2026-11-02\nto: 2026-11-30\npolicies: [web.yaml]'],
  ['an unknown key', writeScenario('<<key-unknown>>sede: 2')],
  ['no from', '<<key-missing>>kind: scenario\nto: 2026-11-30\npolicies: [web.yaml]'],
  ['no end', '<<key-missing>>kind: scenario\nfrom: 2026-11-30\npolicies: [web.yaml]'],
  ['a misspelt end, once', 'kind: scenario\nfrom: 2026-11-02\n<<key-unknown>>too: 2026-11-30\npolicies: [web.yaml]'],
  ['two ends', writeScenario('<<span-keys>>for: 3d')],
  ['from after to', 'kind: scenario\nfrom: 2026-11-30\nto: <<span-backwards>>2026-11-02\npolicies: [web.yaml]'],
  ['no time at all', 'kind: scenario\nfrom: 2026-11-30\nfor: <<span-backwards>>0s\npolicies: [web.yaml]'],
  ['more than five years', 'kind: scenario\nfrom: 2026-11-30\nto: <<span-too-long>>2031-12-02\npolicies: [web.yaml]'],
  ['a date that does not exist', 'kind: scenario\nfrom: <<time-wrong>>2026-02-30\nfor: 3d\npolicies: [web.yaml]'],
  ['a time with a blank', 'kind: scenario\nfrom: <<time-wrong>>2026-11-02 08:00\nfor: 3d\npolicies: [web.yaml]'],
  ['from after itself', 'kind: scenario\nfrom: <<time-wrong>>+3d\nfor: 3d\npolicies: [web.yaml]'],
  ['a number as a time', 'kind: scenario\nfrom: <<type-wrong>>20261102\nfor: 3d\npolicies: [web.yaml]'],
  ['a duration without its unit', 'kind: scenario\nfrom: 2026-11-02\nfor: <<type-wrong>>28\npolicies: [web.yaml]'],
  ['an unknown zone', writeScenario('timezone: <<zone-unknown>>Paris')],
  [
    'a time that the clock skips, as a warning',
    'kind: scenario\ntimezone: Europe/Paris\nfrom: <<warning-time-gap>>2027-03-28T02:30\nfor: 1d\npolicies: [web.yaml]',
  ],
  [
    'a time that the clock shows twice, as a warning',
    'kind: scenario\ntimezone: Europe/Paris\nfrom: <<warning-time-repeated>>2026-10-25T02:30\nfor: 1d\npolicies: [web.yaml]',
  ],
  ['a seed with a fraction', writeScenario('seed: <<type-wrong>>1.5')],
  ['a negative seed', writeScenario('seed: <<value-wrong>>-1')],
  ['a name with capitals', writeScenario('name: <<value-wrong>>Office')],
  ['an unknown product', writeScenario('product: <<value-wrong>>clowd')],
];

const marketCases: readonly (readonly [string, string])[] = [
  ['a clock of the cloud on the marketplace', writeScenario('clock: <<clock-of-other-product>>rolling 1h')],
  ['a clock of the marketplace on the cloud', writeScenario(CLOUD, 'clock: <<clock-of-other-product>>fixed 17:55')],
  ['a clock of another form', writeScenario('clock: <<value-wrong>>daily')],
  ['a clock at no time of day', writeScenario('clock: <<value-wrong>>fixed 25:00')],
  ['a spread wider than the delay', writeScenario('launch: {delay: 10s, spread: <<spread-too-wide>>30s}')],
  ['a delay without its unit', writeScenario('launch: {delay: <<type-wrong>>90, spread: 30s}')],
  ['a delay that is no duration', writeScenario('launch: {delay: <<value-wrong>>soon, spread: 30s}')],
  ['more than all launches failing', writeScenario('launch: {failPercent: <<value-wrong>>101}')],
  ['a misplaced key', writeScenario('<<key-unknown>>failPercent: 3')],
  ['a negative balance', writeScenario('balance: <<value-wrong>>-5')],
  ['a balance with too many decimals', writeScenario('balance: <<value-wrong>>1.1234567')],
  ['parts on the marketplace', writeScenario('<<parts-of-cloud>>parts: {publicIp: 0.004/hour}')],
  ['parts by the day', writeScenario(CLOUD, 'parts: {publicIp: <<price-period>>0.1/day}')],
  ['no offers', writeScenario('offers: <<value-wrong>>[]')],
  ['an offer without a price', writeScenario(`offers: [<<key-missing>>{${OFFER}}]`)],
  ['a price without its unit', writeScenario(`offers: [{${OFFER}, price: <<price-without-unit>>0.3}]`)],
  ['a price for another unit', writeScenario(`offers: [{${OFFER}, price: <<price-period>>0.3/hour}]`)],
  ['a price in another form', writeScenario(`offers: [{${OFFER}, price: <<price-form>>$0.3/day}]`)],
  ['a price of nothing', writeScenario(`offers: [{${OFFER}, price: <<value-wrong>>0/day}]`)],
  ['a price that is no price', writeScenario(`offers: [{${OFFER}, price: <<value-wrong>>cheap}]`)],
  ['a negative capacity', writeScenario(`offers: [{${OFFER}, price: 0.3/day, capacity: <<value-wrong>>-1}]`)],
  ['a tier that is none', writeScenario(`offers: [{${OFFER}, price: 0.3/day, tier: <<value-wrong>>5}]`)],
  [
    'two offers of one thing',
    writeScenario('offers:', `  - {${OFFER}, price: 0.3/day}`, `  - <<offer-twice>>{${OFFER}, price: 0.4/day}`),
  ],
  [
    'a country that is none',
    writeScenario(
      'offers: [{configuration: cpu-2-ram-4gb-storage-25gb, country: <<country-unknown>>UK, price: 1/day}]',
    ),
  ],
  [
    'a configuration of the cloud',
    writeScenario(
      'offers: [{configuration: <<configuration-of-other-product>>cpu-regular-2vcpu-4gb, country: FR, price: 1/day}]',
    ),
  ],
  [
    'a change before the beginning',
    writeScenario(`offers: [{${OFFER}, price: 1/day, changes: [{at: <<outside-span>>2026-11-01, capacity: 0}]}]`),
  ],
  [
    'a change at the end',
    writeScenario(`offers: [{${OFFER}, price: 1/day, changes: [{at: <<outside-span>>2026-11-30, capacity: 0}]}]`),
  ],
  ['a change of nothing', writeScenario(`offers: [{${OFFER}, price: 1/day, changes: [<<change-empty>>{at: +3d}]}]`)],
  [
    'changes that are not sorted',
    writeScenario(
      `offers: [{${OFFER}, price: 1/day, changes: [{at: +3d, capacity: 0}, {at: <<times-unsorted>>+2d, capacity: 1}]}]`,
    ),
  ],
  [
    'two changes at once',
    writeScenario(
      `offers: [{${OFFER}, price: 1/day, changes: [{at: +48h, capacity: 0}, {at: <<times-unsorted>>+2d, capacity: 1}]}]`,
    ),
  ],
];

const eventCases: readonly (readonly [string, string])[] = [
  ['a termination at no time', writeScenario('terminations: [<<termination-keys>>{vm: "web-*"}]')],
  [
    'a termination both by chance and at a time',
    writeScenario('terminations: [{everyDays: 30, <<termination-keys>>at: +3d}]'),
  ],
  ['two chances of termination', writeScenario('terminations: [{everyDays: 30}, <<termination-twice>>{everyDays: 3}]')],
  ['a termination of none', writeScenario('terminations: [{at: +3d, count: <<value-wrong>>0}]')],
  ['a termination after the end', writeScenario('terminations: [{at: <<outside-span>>2027-01-01}]')],
  [
    'a termination of VMs that nobody has, as a warning',
    writeScenario('terminations: [{at: +3d, vm: <<warning-no-vm>>"db-*"}]'),
  ],
  ['a VM without a name', writeScenario('vms: [<<key-missing>>{country: FR}]')],
  ['a VM that no offer is near', writeScenario('vms: [{name: ci-1, country: <<offer-missing>>US}]')],
  [
    'a VM of a size that nobody offers',
    writeScenario('vms: [{name: ci-1, configuration: <<offer-missing>>cpu-3-ram-4gb-storage-25gb}]'),
  ],
  [
    'two VMs of one name at one time',
    writeScenario('vms: [{name: ci-1, until: +3d}, {name: <<vm-twice>>ci-1, at: +2d}]'),
  ],
  ['a VM that ends before it begins', writeScenario('vms: [{name: ci-1, at: +3d, until: <<span-backwards>>+2d}]')],
  [
    'a VM that is gone when it begins',
    writeScenario('vms: [{name: ci-1, at: 2026-10-01, until: <<outside-span>>2026-10-03}]'),
  ],
  ['a VM of after the end', writeScenario('vms: [{name: ci-1, at: <<outside-span>>2026-12-01}]')],
  [
    'a VM that is paid until before it begins',
    writeScenario('vms: [{name: ci-1, at: +3d, paidUntil: <<span-backwards>>+2d}]'),
  ],
  [
    'a boundary beside the fixed clock',
    writeScenario('clock: fixed 17:55', 'vms: [{name: ci-1, paidUntil: <<value-wrong>>2026-11-02T18:00}]'),
  ],
  [
    'an idle trace of no VM, as a warning',
    writeScenario('idle: [{vm: <<warning-no-vm>>"ci-*", steps: [{idle: yes}]}]'),
  ],
  ['an idle trace without steps', writeScenario('idle: [<<key-missing>>{vm: "web-*"}]')],
  ['an answer that is none', writeScenario('idle: [{vm: "web-*", steps: [{idle: <<value-wrong>>true}]}]')],
  [
    'two traces of the same VMs',
    writeScenario('idle: [{vm: "web-*", steps: [{idle: no}]}, {vm: <<value-twice>>"web-*", steps: [{idle: yes}]}]'),
  ],
];

const demandCases: readonly (readonly [string, string])[] = [
  ['demand of no policy', writeScenario('demand: {<<policy-unknown>>wep: {steps: [{replicas: 3}]}}')],
  [
    'demand of what is no fleet',
    writeScenario('demand: {<<policy-unknown>>reap-ci: {steps: [{replicas: 3}]}}').replace('web.yaml', 'reap.yaml'),
  ],
  ['demand of no source', writeScenario('demand: {<<key-missing>>web: {foreseen: true}}')],
  ['demand of two sources', writeScenario('demand: {web: {steps: [{replicas: 3}], <<source-keys>>csv: runners.csv}}')],
  ['demand that begins late', writeScenario('demand: {web: {steps: [{at: <<begins-late>>+1d, replicas: 3}]}}')],
  [
    'steps that are not sorted',
    writeScenario(
      'demand: {web: {steps: [{replicas: 3}, {at: +2d, replicas: 1}, {at: <<times-unsorted>>+1d, replicas: 2}]}}',
    ),
  ],
  [
    'a second step without a time',
    writeScenario('demand: {web: {steps: [{replicas: 3}, <<key-missing>>{replicas: 1}]}}'),
  ],
  [
    'a step after the end',
    writeScenario('demand: {web: {steps: [{replicas: 3}, {at: <<outside-span>>2027-11-30, replicas: 1}]}}'),
  ],
  ['less than none', writeScenario('demand: {web: {steps: [{replicas: <<value-wrong>>-3}]}}')],
  ['a CSV that is not there', writeScenario('demand: {web: {csv: <<path-missing>>runner.csv}}')],
  ['a folder as a CSV', writeScenario('demand: {web: {csv: <<file-unreadable>>folder}}')],
  ['no policies', 'kind: scenario\nfrom: 2026-11-02\nto: 2026-11-30\npolicies: <<value-wrong>>[]'],
  ['policies left out', '<<key-missing>>kind: scenario\nfrom: 2026-11-02\nto: 2026-11-30'],
  ['a number as a policy', writeScenario().replace('[web.yaml]', '[<<type-wrong>>4]')],
  ['a policy file that is not there', writeScenario().replace('web.yaml', 'web.yaml, <<path-missing>>wep.yaml')],
  ['a folder without policies', writeScenario().replace('web.yaml', 'web.yaml, <<folder-empty>>folder')],
  [
    'one name for two policies',
    writeScenario().replace(
      '[web.yaml]',
      '\n  - web.yaml\n  - {kind: holidays, name: <<name-twice>>web, dates: [2027-12-24]}',
    ),
  ],
  [
    'what is wrong in an inline policy, at its own place',
    writeScenario().replace(
      '[web.yaml]',
      '\n  - web.yaml\n  - kind: fleet\n    name: x\n    <<key-unknown>>replica: 3\n    where: {minimum: {vcpu: 2}, maxPrice: <<price-without-unit>>1}\n    vm: {image: u, sshKeys: [<<ssh-key-unreadable>>no.pub]}',
    ),
  ],
  ['an inline policy without a kind', writeScenario().replace('web.yaml', 'web.yaml, <<key-missing>>{name: x}')],
  ['a scenario among the policies', writeScenario().replace('web.yaml', 'web.yaml, {kind: <<kind-unknown>>scenario}')],
];

export const scenarioCases = [...spanCases, ...marketCases, ...eventCases, ...demandCases];
