// Documents and fleets that are wrong in one way, each with the problems written where they should be found.
import { buildBaseName, buildIntentId } from '../../src/core/names.js';
import { writeFleet, writeReap } from './policy-texts.js';

const manyPorts = Array.from({ length: 51 }, (_, index) => `${1000 + index}/tcp`).join(', ');
const memberLike = buildBaseName('web', 'a1', buildIntentId('0k7f', 'a1'));

/** What is wrong, and the text with marks (marked-text.ts). */
export const fleetCases: readonly (readonly [string, string])[] = [
  // the shape of a document
  ['a list instead of a mapping', '<<type-wrong>>- kind: fleet'],
  ['a bare text', '<<type-wrong>>fleet'],
  ['a missing kind', '<<key-missing>>name: web'],
  ['an unknown kind', 'kind: <<kind-unknown>>fleat\nname: web'],
  ['an unknown key', writeFleet({ more: '<<key-unknown>>replica: 3' })],
  ['a key of a later version', writeFleet({ more: '<<key-unknown>>autoscale: {min: 1}' })],
  [
    'an unknown key inside',
    writeFleet({ where: 'where: {minimum: {vcpu: 2}, <<key-unknown>>maxprice: 1/day, maxPrice: 1/day}' }),
  ],
  ['a misspelt key that is required, once', writeFleet({ replicas: '<<key-unknown>>replica: 3' })],
  ['a misspelt kind, once', '<<key-unknown>>knd: fleet\nname: web'],
  ['a misspelt size, once', writeFleet({ where: 'where: {<<key-unknown>>minmum: {vcpu: 2}, maxPrice: 1/day}' })],
  [
    'a misspelt edge of a window, once',
    writeFleet({
      more: 'schedule:\n  timezone: UTC\n  windows:\n    - {name: a, <<key-unknown>>frm: "0 8 * * *", for: 1h, replicas: 1}',
    }),
  ],
  ['a misspelt list of signals, once', 'kind: reap\nname: r\nselect: vm.name == "x"\nidle: {<<key-unknown>>al: []}'],
  [
    'a doubled brace in a URL',
    writeReap({ idle: 'idle: {all: [{http: {url: "http://<<url-field-unknown>>{{vm.publicIp}}/"}}]}' }),
  ],
  [
    'a URL with braces and without quotes',
    'kind: reap\nidle: {all: [{http: {url: http://<<yaml-broken>>{{vm.publicIp}}:80/}}]}',
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
  ['one account twice', writeFleet({ more: 'account: <<value-twice>>[main, main]' })],
  ['an account that is no name', writeFleet({ more: 'account: <<value-wrong>>5' })],
  ['an account of a list that is no name', writeFleet({ more: 'account: [main, <<type-wrong>>5]' })],
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
  [
    'a wrong fate above maxPrice',
    writeFleet({ where: 'where: {aboveMaxPrice: <<value-wrong>>move, maxPrice: 1/day, minimum: {vcpu: 2}}' }),
  ],
  ['a delay without a unit', writeFleet({ more: 'billing: {delayPurchase: <<type-wrong>>15}' })],
  ['a delay that is no duration', writeFleet({ more: 'billing: {delayPurchase: <<value-wrong>>soon}' })],
  ['a delay that would never let it buy', writeFleet({ more: 'billing: {delayPurchase: <<delay-too-long>>24h}' })],
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
];
