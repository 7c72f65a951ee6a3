// Schedules, holidays and reaps that are wrong in one way, each with the problems written where they should be found.
import { writeFleet, writeReap, writeScheduled } from './policy-texts.js';

const window = (text: string): string => writeScheduled('Europe/Paris', [text]);

/** What is wrong, and the text with marks (marked-text.ts). */
export const scheduleCases: readonly (readonly [string, string])[] = [
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
