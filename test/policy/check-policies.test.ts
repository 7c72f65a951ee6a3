// Every problem that a policy can have, found at its exact place.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIntentId, buildBaseName } from '../../src/core/names.js';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { isError } from '../../src/policy/problems.js';
import { listPlaces, readMarks } from './marked-text.js';
import { checkText, OPTIONS, writeFleet, writeReap, writeScheduled } from './policy-texts.js';

const manyPorts = Array.from({ length: 51 }, (_, index) => `${1000 + index}/tcp`).join(', ');
const memberLike = buildBaseName('web', 'a1', buildIntentId('0k7f', 'a1'));

const window = (text: string): string => writeScheduled('Europe/Paris', [text]);

const cases: readonly (readonly [string, string])[] = [
  // the shape of a document
  ['a list instead of a mapping', '<<type-wrong>>- kind: fleet'],
  ['a bare text', '<<type-wrong>>fleet'],
  ['a missing kind', '<<key-missing>>name: web'],
  ['an unknown kind', 'kind: <<kind-unknown>>fleat\nname: web'],
  ['a kind that is not built yet', 'kind: <<kind-unknown>>budget\nname: team'],
  ['an unknown key', writeFleet({ more: '<<key-unknown>>replica: 3' })],
  ['a key of a later version', writeFleet({ more: '<<key-unknown>>autoscale: {min: 1}' })],
  [
    'an unknown key inside',
    writeFleet({ where: 'where: {minimum: {vcpu: 2}, <<key-unknown>>maxprice: 1/day, maxPrice: 1/day}' }),
  ],
  ['missing keys', '<<key-missing>><<key-missing>><<key-missing>><<key-missing>>kind: fleet'],
  ['a missing key inside', writeFleet({ vm: '<<key-missing>>vm: {image: ubuntu}' })],
  ['an empty value', writeFleet({ replicas: 'replicas:<<type-wrong>>' })],
  ['a wrong type', writeFleet({ replicas: 'replicas: <<type-wrong>>four' })],
  ['a fraction', writeFleet({ replicas: 'replicas: <<type-wrong>>2.5' })],
  ['a negative number', writeFleet({ replicas: 'replicas: <<value-wrong>>-1' })],
  ['a wrong mode', writeFleet({ more: 'mode: <<value-wrong>>acts' })],
  ['an approval that is not built yet', writeFleet({ more: 'approval: <<value-wrong>>required' })],
  ['another language version', writeFleet({ more: 'apiVersion: <<value-wrong>>purser/v2' })],
  ['a wrong name', writeFleet({ name: 'name: <<value-wrong>>Web' })],
  ['a name that is too long', writeFleet({ name: 'name: <<value-wrong>>abcdefghijklm' })],
  ['a key of a fleet in a reap', writeReap({ more: '<<key-unknown>>replicas: 3' })],
  // YAML itself
  ['a key that stands twice', writeFleet({ more: '<<key-duplicate>>name: again' })],
  ['an alias without an anchor', writeFleet({ more: 'description: <<yaml-alias-unknown>>*nothing' })],
  ['an alias inside what it names', 'kind: reap\nidle: &a {all: [<<yaml-alias-circle>>*a]}'],
  ['a tab', '<<yaml-broken>>\tkind: fleet'],
  ['an unknown tag', 'kind: <<yaml-broken>>!secret fleet'],
  ['an empty file', '<<file-empty>>'],
  ['comments only', '<<file-empty>># nothing'],
  // names over documents
  ['a name taken twice', `${writeFleet()}\n---\n${writeFleet({ name: 'name: <<name-twice>>web' })}`],
  ['a name shared by two kinds', `${writeFleet()}\n---\n${writeReap({ name: 'name: <<name-twice>>web' })}`],
  ['a name that reads like a member', writeFleet({ name: `name: <<name-like-member>>${memberLike}` })],
  [
    'a former name that is in use',
    `${writeFleet()}\n---\n${writeFleet({ name: 'name: site', more: 'formerly: [<<formerly-clash>>web]' })}`,
  ],
  ['a former name that is the own one', writeFleet({ more: 'formerly: [<<formerly-clash>>web]' })],
  [
    'a former name of two',
    `${writeFleet({ more: 'formerly: [old]' })}\n---\n${writeFleet({ name: 'name: b', more: 'formerly: [<<formerly-clash>>old]' })}`,
  ],
  ['an unknown account', writeFleet({ more: 'account: <<account-unknown>>mian' })],
  // where
  ['a price without unit', writeFleet({ where: 'where: {minimum: {vcpu: 2}, maxPrice: <<price-without-unit>>0.8}' })],
  [
    'a price in dollars without unit',
    writeFleet({ where: 'where: {minimum: {vcpu: 2}, maxPrice: <<price-without-unit>>0.8 USDC}' }),
  ],
  ['a price of nothing', writeFleet({ where: 'where: {minimum: {vcpu: 2}, maxPrice: <<value-wrong>>0.00/day}' })],
  ['a price by the month', writeFleet({ where: 'where: {minimum: {vcpu: 2}, maxPrice: <<value-wrong>>20/month}' })],
  [
    'a price finer than a micro-USDC',
    writeFleet({ where: 'where: {minimum: {vcpu: 2}, maxPrice: <<value-wrong>>0.1234567/day}' }),
  ],
  [
    'a configuration of another form',
    writeFleet({ where: 'where: {configuration: <<value-wrong>>cpu-2-ram-4-storage-25, maxPrice: 1/day}' }),
  ],
  [
    'a list with a wrong configuration',
    writeFleet({
      where: 'where: {configuration: [cpu-2-ram-4gb-storage-25gb, <<value-wrong>>small], maxPrice: 1/day}',
    }),
  ],
  [
    'configuration and minimum',
    writeFleet({
      where: 'where: {configuration: cpu-2-ram-4gb-storage-25gb, <<size-twice>>minimum: {vcpu: 2}, maxPrice: 1/day}',
    }),
  ],
  ['an empty minimum', writeFleet({ where: 'where: {minimum: <<value-wrong>>{}, maxPrice: 1/day}' })],
  ['no size at all', writeFleet({ where: '<<warning-smallest-configuration>>where: {maxPrice: 1/day}' })],
  [
    'a country in small letters',
    writeFleet({ where: 'where: {countries: [<<country-unknown>>fr], minimum: {vcpu: 2}, maxPrice: 1/day}' }),
  ],
  [
    'a country that is none',
    writeFleet({ where: 'where: {countries: [FR, <<country-unknown>>UK], minimum: {vcpu: 2}, maxPrice: 1/day}' }),
  ],
  [
    'a country twice',
    writeFleet({ where: 'where: {countries: <<value-twice>>[FR, FR], minimum: {vcpu: 2}, maxPrice: 1/day}' }),
  ],
  [
    'listed without a list',
    writeFleet({ where: 'where: {prefer: <<prefer-without-countries>>listed, minimum: {vcpu: 2}, maxPrice: 1/day}' }),
  ],
  [
    'half of a hardware type',
    writeFleet({
      where: 'where: {hardware: {<<key-missing>>cpu: {manufacturer: AMD}}, minimum: {vcpu: 2}, maxPrice: 1/day}',
    }),
  ],
  ['a spread of nothing', writeFleet({ more: 'spread: {by: country, max: <<value-wrong>>0}' })],
  ['a spread that is too narrow', writeFleet({ more: 'spread: {by: country, max: <<warning-spread-too-narrow>>2}' })],
  ['a floor above all that is wanted', writeFleet({ more: 'floor: <<floor-too-high>>5' })],
  // vm
  ['an image in capitals', writeFleet({ vm: 'vm: {image: <<image-wrong>>Ubuntu, sshKeys: [ops]}' })],
  [
    'an image URL of another ending',
    writeFleet({ vm: 'vm: {image: "<<image-wrong-quoted>>", sshKeys: [ops]}' }).replace(
      '"<<image-wrong-quoted>>"',
      '<<image-wrong>>https://a.example/x.iso',
    ),
  ],
  ['an image over ftp', writeFleet({ vm: 'vm: {image: <<image-wrong>>ftp://a.example/x.img, sshKeys: [ops]}' })],
  ['no SSH key', writeFleet({ vm: 'vm: {image: u, sshKeys: <<ssh-key-none>>[]}' })],
  ['a key file that is not there', writeFleet({ vm: 'vm: {image: u, sshKeys: [<<ssh-key-unreadable>>keys/ops.pub]}' })],
  ['half a public key', writeFleet({ vm: 'vm: {image: u, sshKeys: [<<ssh-key-wrong>>ssh-ed25519 AAA]}' })],
  [
    'a private key',
    writeFleet({ vm: 'vm:\n  image: u\n  sshKeys:\n    - <<ssh-key-private>>"-----BEGIN OPENSSH PRIVATE KEY-----"' }),
  ],
  ['a port without protocol', writeFleet({ vm: 'vm: {image: u, sshKeys: [ops], ports: [<<port-wrong>>80]}' })],
  ['a port of another form', writeFleet({ vm: 'vm: {image: u, sshKeys: [ops], ports: [<<value-wrong>>80/sctp]}' })],
  ['a port that is none', writeFleet({ vm: 'vm: {image: u, sshKeys: [ops], ports: [<<port-wrong>>70000/tcp]}' })],
  [
    'the reserved port',
    writeFleet({ vm: 'vm: {image: u, sshKeys: [ops], ports: [80/tcp, <<port-reserved>>10250/tcp]}' }),
  ],
  ['a port twice', writeFleet({ vm: 'vm: {image: u, sshKeys: [ops], ports: [80/tcp, 80/udp, <<port-twice>>80/tcp]}' })],
  ['port 22 said again', writeFleet({ vm: 'vm: {image: u, sshKeys: [ops], ports: [<<warning-port-ssh>>22/tcp]}' })],
  ['51 ports', writeFleet({ vm: `vm: {image: u, sshKeys: [ops], <<ports-too-many>>ports: [${manyPorts}]}` })],
  ['a host name with a dot', writeFleet({ vm: 'vm: {image: u, sshKeys: [ops], hostname: <<value-wrong>>a.b}' })],
  // schedules
  [
    'no zone',
    writeFleet({
      schedule:
        '<<warning-zone-default>>schedule:\n  windows: [{name: d, from: "0 8 * * *", to: "0 9 * * *", replicas: 5}]',
    }),
  ],
  [
    'an unknown zone',
    writeScheduled('<<zone-unknown>>Europe/Pariss', ['{name: d, from: "0 8 * * *", to: "0 9 * * *", replicas: 5}']),
  ],
  [
    'an abbreviated zone',
    writeScheduled('<<zone-unknown>>PST', ['{name: d, from: "0 8 * * *", to: "0 9 * * *", replicas: 5}']),
  ],
  [
    'an offset as zone',
    writeScheduled('<<zone-unknown>>"+01:00"', ['{name: d, from: "0 8 * * *", to: "0 9 * * *", replicas: 5}']),
  ],
  ['an empty list of windows', writeFleet({ schedule: 'schedule: {timezone: UTC, windows: <<value-wrong>>[]}' })],
  ['a window without name', window('<<key-missing>>{from: "0 8 * * *", to: "0 9 * * *", replicas: 5}')],
  [
    'a window that is named twice',
    writeScheduled('UTC', [
      '{name: d, from: "0 8 * * *", to: "0 9 * * *", replicas: 5}',
      '{name: <<window-name-twice>>d, from: "0 8 * * *", for: 3h, replicas: 5}',
    ]),
  ],
  ['a window without an opening', window('<<window-keys>>{name: d, to: "0 9 * * *", replicas: 5}')],
  ['a window without a closing', window('<<window-keys>>{name: d, from: "0 9 * * *", replicas: 5}')],
  ['to and for', window('{name: d, from: "0 8 * * *", to: "0 9 * * *", <<window-keys>>for: 3h, replicas: 5}')],
  ['holidays with from', window('{name: d, holidays: h, <<window-keys>>from: "0 8 * * *", replicas: 5}')],
  ['holidays that nobody declared', window('{name: d, holidays: <<holidays-unknown>>h, replicas: 5}')],
  ['a cron that never fires', window('{name: d, from: <<cron-never-fires>>"0 0 30 2 *", for: 3h, replicas: 5}')],
  [
    'a closing cron that never fires',
    window('{name: d, from: "0 0 * * *", to: <<cron-never-fires>>"0 0 31 4,6,9,11 *", replicas: 5}'),
  ],
  ['seconds', window('{name: d, from: <<cron-beyond-language>>"0 0 8 * * *", for: 3h, replicas: 5}')],
  ['a nickname', window('{name: d, from: <<cron-beyond-language>>"@daily", for: 3h, replicas: 5}')],
  ['the last day', window('{name: d, from: <<cron-beyond-language>>"0 0 L * *", for: 3h, replicas: 5}')],
  ['the nearest weekday', window('{name: d, from: <<cron-beyond-language>>"0 0 15W * *", for: 3h, replicas: 5}')],
  ['the second Friday', window('{name: d, from: <<cron-beyond-language>>"0 0 * * FRI#2", for: 3h, replicas: 5}')],
  ['a question mark', window('{name: d, from: <<cron-beyond-language>>"0 0 ? * 1", for: 3h, replicas: 5}')],
  ['four fields', window('{name: d, from: <<cron-wrong>>"0 8 * *", for: 3h, replicas: 5}')],
  ['minute 60', window('{name: d, from: <<cron-wrong>>"60 8 * * *", for: 3h, replicas: 5}')],
  ['weekday 8', window('{name: d, from: <<cron-wrong>>"0 8 * * 8", for: 3h, replicas: 5}')],
  ['a backward range', window('{name: d, from: <<cron-wrong>>"0 22-2 * * *", for: 3h, replicas: 5}')],
  ['a step without range', window('{name: d, from: <<cron-wrong>>"5/10 * * * *", for: 3h, replicas: 5}')],
  ['a step of nothing', window('{name: d, from: <<cron-wrong>>"*/0 * * * *", for: 3h, replicas: 5}')],
  ['a word instead of a cron', window('{name: d, from: <<cron-wrong>>noon, for: 3h, replicas: 5}')],
  ['the same cron twice', window('{name: d, from: "0 8 * * *", to: <<window-equal-edges>>"0 8  * * *", replicas: 5}')],
  [
    'the same time twice',
    window('{name: d, from: 2027-01-08T06:00, to: <<window-equal-edges>>2027-01-08T06:00:00, replicas: 5}'),
  ],
  [
    'an end before the beginning',
    window('{name: d, from: 2027-01-08T06:00, to: <<window-backwards>>2027-01-07T06:00, replicas: 5}'),
  ],
  [
    'a date without a time',
    window('{name: d, from: <<date-without-time>>2027-01-08, to: 2027-01-09T06:00, replicas: 5}'),
  ],
  ['a time with a zone', window('{name: d, from: <<time-wrong>>2027-01-08T06:00Z, for: 3h, replicas: 5}')],
  [
    'a day that is not in the calendar',
    window('{name: d, from: <<time-wrong>>2027-02-29T06:00, for: 3h, replicas: 5}'),
  ],
  [
    'a cron that ends at a time',
    window('{name: d, from: "0 8 * * *", to: <<window-mixed>>2027-01-08T06:00, replicas: 5}'),
  ],
  ['a window for no time', window('{name: d, from: "0 8 * * *", for: <<window-never-opens>>0s, replicas: 5}')],
  ['a window for years', window('{name: d, from: "0 8 * * *", for: <<value-wrong>>400d, replicas: 5}')],
  ['a duration without unit', window('{name: d, from: "0 8 * * *", for: <<type-wrong>>30, replicas: 5}')],
  [
    'a window that the clock skips',
    window('{name: d, from: <<window-never-opens>>2027-03-28T02:10, to: 2027-03-28T02:50, replicas: 5}'),
  ],
  ['a window that is over', window('{name: d, from: <<warning-window-past>>2026-03-28T02:10, for: 1h, replicas: 5}')],
  [
    'a window that is always open',
    window('{name: d, from: <<warning-window-always-open>>"* * * * *", to: "0 8 * * *", replicas: 5}'),
  ],
  [
    'an opening in the gap',
    window('<<warning-daylight-saving>>{name: d, from: "30 2 * * *", to: "0 9 * * *", replicas: 5}').replace(
      '<<warning-daylight-saving>>',
      '<<warning-daylight-saving>><<warning-daylight-saving>>',
    ),
  ],
  // holidays
  ['a date that does not exist', 'kind: holidays\nname: h\ndates: [2027-12-25, <<date-wrong>>2027-02-30]'],
  ['a date of another form', 'kind: holidays\nname: h\ndates: [2027-12-25, <<value-wrong>>25.12.2027]'],
  ['a list that runs out', 'kind: holidays\nname: h\ndates: [<<warning-holidays-end>>2026-12-25, 2026-12-24]'],
  ['a list without dates', 'kind: holidays\nname: h\ndates: <<value-wrong>>[]'],
  // reap
  ['an unknown field of vm', writeReap({ select: 'select: vm.<<cel-type>>contry == "FR"' })],
  ['an unknown field in has', writeReap({ select: 'select: has(vm.<<cel-type>>foo)' })],
  ['types that do not fit', writeReap({ select: 'select: <<cel-type>>vm.name == 4' })],
  ['CEL that is no condition', writeReap({ select: 'select: <<cel-type>>vm.name' })],
  ['CEL that does not parse', writeReap({ select: 'select: vm.name <<cel-broken>>= "x"' })],
  ['CEL in double quotes', writeReap({ select: 'select: "vm.name == \\"x\\" && vm.<<cel-type>>nmae == \\"y\\""' })],
  ['CEL in single quotes', writeReap({ select: `select: 'vm.name == "it''s" && vm.<<cel-type>>nmae == "y"'` })],
  ['CEL in a literal block', writeReap({ select: 'select: |\n  vm.name == "x"\n    && vm.<<cel-type>>nmae == "y"' })],
  ['CEL in a folded block', writeReap({ select: 'select: >-\n  vm.name == "x"\n  && vm.<<cel-type>>nmae == "y"' })],
  ['CEL over two plain lines', writeReap({ select: 'select: vm.name == "x"\n  && vm.<<cel-type>>nmae == "y"' })],
  ['a regular expression that is none', writeReap({ select: 'select: vm.name.matches(<<cel-broken>>"(")' })],
  ['a select about nothing', writeReap({ select: 'select: <<warning-select-constant>>1 < 2' })],
  ['a reap without idle', '<<key-missing>>kind: reap\nname: r\nselect: vm.name == "x"'],
  ['idle without a signal', writeReap({ idle: '<<signal-keys>>idle: {for: 30m}' })],
  [
    'idle with two',
    writeReap({
      idle: 'idle: {all: [{http: {url: "http://{vm.publicIp}/"}}], <<signal-keys>>any: [{http: {url: "http://{vm.publicIp}/"}}]}',
    }),
  ],
  ['an empty list of signals', writeReap({ idle: 'idle: {all: <<value-wrong>>[]}' })],
  ['an empty signal', writeReap({ idle: 'idle: {all: [<<signal-keys>>{}]}' })],
  ['an unknown signal', writeReap({ idle: 'idle: {all: [<<signal-keys>>{<<key-unknown>>tcp: {port: 22}}]}' })],
  [
    'an unknown field in a URL',
    writeReap({ idle: 'idle: {all: [{http: {url: "http://<<url-field-unknown>>{vm.ip}/"}}]}' }),
  ],
  [
    'a URL of another protocol',
    writeReap({ idle: 'idle: {all: [{http: {url: <<url-wrong>>"ftp://{vm.publicIp}/"}}]}' }),
  ],
  [
    'a URL without the VM',
    writeReap({ idle: 'idle: {not: {http: {url: <<warning-url-without-vm>>"http://status.example/"}}}' }),
  ],
  [
    'json without equals',
    writeReap({ idle: 'idle: {any: [{http: {url: "http://{vm.publicIp}/", <<signal-keys>>json: /busy}}]}' }),
  ],
  [
    'equals without json',
    writeReap({ idle: 'idle: {any: [{http: {url: "http://{vm.publicIp}/", <<signal-keys>>equals: 1}}]}' }),
  ],
  [
    'a pointer that is none',
    writeReap({ idle: 'idle: {any: [{http: {url: "http://{vm.publicIp}/", json: <<value-wrong>>busy, equals: 1}}]}' }),
  ],
  [
    'a time-out longer than the interval',
    writeReap({ idle: 'idle: {any: [{http: {url: "http://{vm.publicIp}/", timeout: <<signal-timeout>>2m}}]}' }),
  ],
  [
    'an interval longer than the time',
    writeReap({
      idle: 'idle: {for: 30m, every: <<idle-every-too-long>>1h, any: [{http: {url: "http://{vm.publicIp}/"}}]}',
    }),
  ],
  [
    'an interval of nothing',
    writeReap({
      idle: 'idle: {every: <<value-wrong>>0s, any: [{http: {url: "http://{vm.publicIp}/", timeout: <<signal-timeout>>5s}}]}',
    }),
  ],
];

describe('checkPolicies', () => {
  it.each(cases)('places %s', (_, marked) => {
    const { text, expected } = readMarks(marked);
    const { problems, set } = checkText(text);
    expect(listPlaces(problems)).toEqual(listPlaces(expected));
    expect(set === undefined).toBe(problems.some(isError));
  });

  it('names file, path, what is wrong and what would be right', () => {
    const { problems } = checkText(writeFleet({ replicas: 'replica: 4' }));
    expect(problems).toEqual([
      {
        file: 'p.yaml',
        line: 1,
        column: 1,
        path: 'replicas',
        code: 'key-missing',
        message: '`replicas` is missing in a fleet.',
        hint: 'Add `replicas`: a whole number from 0 to 100000.',
      },
      {
        file: 'p.yaml',
        line: 3,
        column: 1,
        path: 'replica',
        code: 'key-unknown',
        message: '`replica` is not a key of a fleet.',
        hint: 'Did you mean `replicas`?',
      },
    ]);
  });

  it('says where a misplaced key belongs', () => {
    const { problems } = checkText(writeFleet({ more: 'maxPrice: 1/day' }));
    expect(problems.map(({ hint }) => hint)).toEqual(['`maxPrice` belongs under `where`.']);
  });

  it('tells the problems of all files at once, in the order of files and lines', () => {
    const { problems } = checkPolicies(
      [
        { path: 'b.yaml', text: writeFleet({ name: 'name: b', replicas: 'replicas: x' }) },
        { path: 'a.yaml', text: `kind: nothing\n---\n${writeFleet({ name: 'name: a', more: 'floor: 9\nmode: no' })}` },
      ],
      OPTIONS,
    );
    expect(problems.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
      'a.yaml:1 kind-unknown',
      'a.yaml:8 floor-too-high',
      'a.yaml:9 value-wrong',
      'b.yaml:3 type-wrong',
    ]);
  });

  it('goes on with other documents when one is broken YAML', () => {
    const { problems } = checkText(`kind: [fleet\n---\n${writeFleet({ replicas: 'replicas: x' })}`);
    expect(problems.map(({ code }) => code)).toEqual(['yaml-broken', 'type-wrong']);
  });

  it('asks for an account when there are several and none is the default', () => {
    const several = { accounts: ['main', 'other'], defaultAccount: undefined };
    expect(checkText(writeFleet(), several).problems.map(({ code }) => code)).toEqual(['account-missing']);
    expect(checkText(writeFleet({ more: 'account: other' }), several).set?.fleets[0]?.account).toBe('other');
    expect(checkText(writeFleet({ more: 'account: any' }), { accounts: [] }).set?.fleets[0]?.account).toBe('any');
  });

  it('refuses protect expressions that are wrong, and protects what it does not know', () => {
    expect(checkText(writeFleet(), { protect: ['vm.nmae == "x"'] }).problems).toMatchObject([
      { file: 'purser.yaml', path: 'protect[0]' },
    ]);
  });

  it('survives alias bombs, bracket towers and documents of other kinds quickly', () => {
    const bomb = Array.from({ length: 30 }, (_, index) =>
      index === 0 ? 'a0: &a0 [1,1,1,1,1,1,1,1,1]' : `a${index}: &a${index} [${`*a${index - 1},`.repeat(3)}]`,
    ).join('\n');
    const flood = `a: &a 1\nb: [${'*a,'.repeat(50_000)}]`;
    const towers = [
      '['.repeat(200_000),
      '{a: '.repeat(50_000),
      '- '.repeat(100_000),
      Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    ];
    const codes = [bomb, flood, ...towers].map((text) => checkText(text).problems.map(({ code }) => code));
    expect(codes).toEqual([
      ['yaml-too-many-aliases'],
      ['yaml-too-many-aliases'],
      ...towers.map(() => ['yaml-too-deep']),
    ]);
  });

  it('never throws and never accepts rubbish, whatever the text is', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any')),
        fc.dictionary(
          fc.constantFrom(
            'kind',
            'name',
            'replicas',
            'schedule',
            'windows',
            'where',
            'vm',
            'idle',
            'all',
            'http',
            'url',
            'from',
            'to',
            'for',
            'x',
            '__proto__',
          ),
          tie('any'),
        ),
      ),
    })).any;
    fc.assert(
      fc.property(value, fc.constantFrom('fleet', 'reap', 'holidays'), (rubbish, kind) => {
        const document =
          typeof rubbish === 'object' && rubbish !== null && !Array.isArray(rubbish) ? { ...rubbish, kind } : rubbish;
        const { set, problems } = checkText(JSON.stringify(document));
        expect(set).toBeUndefined();
        expect(problems.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void checkText(text)),
      { numRuns: 300 },
    );
  });
});
