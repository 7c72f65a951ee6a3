// Checks of a fleet document beyond its schema: where, vm, floor, spread. Schedules are read-schedule.ts's.
import { parseUsdc } from '../core/money.js';
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import type { DocumentPath, Problem } from './problems.js';
import { readList, readNumber, readText, readValue } from './read-value.js';
import { namedFilePath } from './named-files.js';
import { classifySshKey, isPublicKey } from './ssh-key-text.js';

const RESERVED_PORT = 10_250;
const MOST_PORTS = 50;
const IMAGE_SLUG = /^[a-z0-9][a-z0-9.-]*$/;
const IMAGE_FILE = /\.(qcow2|img|raw|raw\.xz|raw\.gz|img\.xz|img\.gz)$/;
/** Codes that Intl names though they are no country, with what was probably meant. */
const NO_COUNTRIES: Readonly<Record<string, string>> = {
  UK: 'Write GB.',
  EL: 'Write GR.',
  EU: 'List the countries.',
  UN: '',
  EZ: '',
  ZZ: '',
  XA: '',
  XB: '',
  QO: '',
};

type Report = (path: DocumentPath, code: string, message: string, hint?: string, part?: 'key' | 'value') => void;

let regionNames: Intl.DisplayNames | undefined;

function isCountry(code: string): boolean {
  regionNames ??= new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  return !(code in NO_COUNTRIES) && regionNames.of(code) !== undefined;
}

/** What is wrong with a country's code, and what would be right; undefined: nothing, or it is of another form altogether. */
export function findCountryFault(code: unknown): { readonly message: string; readonly hint: string } | undefined {
  if (typeof code !== 'string' || !/^[A-Za-z]{2}$/.test(code)) return undefined;
  const upper = code.toUpperCase();
  if (!isCountry(upper)) return { message: `\`${code}\` is not an ISO country code.`, hint: NO_COUNTRIES[upper] ?? '' };
  return code === upper ? undefined : { message: `\`${code}\` is not written in capitals.`, hint: `Write ${upper}.` };
}

function checkCountries(document: PlacedDocument, report: Report): void {
  const countries = readList(document, ['where', 'countries']);
  for (const [index, code] of countries.entries()) {
    const fault = findCountryFault(code);
    if (fault !== undefined) report(['where', 'countries', index], 'country-unknown', fault.message, fault.hint);
  }
  if (readText(document, ['where', 'prefer']) === 'listed' && countries.length === 0)
    report(
      ['where', 'prefer'],
      'prefer-without-countries',
      '`prefer: listed` needs a list of countries.',
      'Add `countries`, or leave `prefer` out.',
    );
}

/** As the schema wants it. */
const PRICE = /^([0-9]{1,9}(\.[0-9]{1,6})?|\.[0-9]{1,6}) ?\/ ?(hour|day)$/;

function checkMaxPrice(document: PlacedDocument, report: Report): void {
  const path = ['where', 'maxPrice'];
  const value = readValue(document, path);
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : undefined;
  if (text === undefined) return;
  if (/^\$?\d*\.?\d+( ?(USDC?|USD|\$))?$/i.test(text)) {
    const number = text.replaceAll(/[^\d.]/g, '');
    report(path, 'price-without-unit', `\`${text}\` says not for how long.`, `Write ${number}/day or ${number}/hour.`);
    return;
  }
  const dressed = /^\$? ?(\d{0,9}(?:\.\d{1,6})?) ?(?:USDC|USD|\$)? ?(?:\/|per) ?(h|hr|hour|d|day)$/i.exec(text);
  if (dressed !== null && !PRICE.test(text)) {
    const unit = dressed[2]!.toLowerCase().startsWith('d') ? 'day' : 'hour';
    const message = `\`${text}\` is not how a price is written here: USDC is meant always.`;
    report(path, 'price-form', message, `Write ${dressed[1]!}/${unit}.`);
  } else if (/^[\d.]+ ?\/ ?(hour|day)$/.test(text) && parseUsdc(text.split('/')[0]!) === 0n)
    report(path, 'value-wrong', 'A price of nothing buys nothing.', 'Write the most that one VM may cost.');
}

function checkSize(document: PlacedDocument, report: Report): void {
  const configuration = readValue(document, ['where', 'configuration']);
  const minimum = readValue(document, ['where', 'minimum']);
  if (configuration !== undefined && minimum !== undefined)
    report(
      ['where', 'minimum'],
      'size-twice',
      '`configuration` and `minimum` both say how large a VM is.',
      'Keep one of them.',
      'key',
    );
  const hasWhere = typeof readValue(document, ['where']) === 'object';
  if (configuration === undefined && minimum === undefined && hasWhere)
    report(
      ['where'],
      'warning-smallest-configuration',
      'No size is named: the smallest configuration on offer is taken.',
      'Add `minimum` or `configuration`.',
      'key',
    );
}

function checkImage(document: PlacedDocument, report: Report): void {
  const path = ['vm', 'image'];
  const image = readText(document, path);
  if (image === undefined || image === '' || IMAGE_SLUG.test(image)) return;
  const endings = 'The file must end in .qcow2, .img, .raw, .raw.xz, .raw.gz, .img.xz or .img.gz.';
  if (!/^[a-z][a-z0-9+.-]*:/i.test(image)) {
    report(
      path,
      'image-wrong',
      `\`${image}\` is neither the slug of an image nor a URL.`,
      'Slugs look like ubuntu-24-04-x64.',
    );
    return;
  }
  if (!URL.canParse(image) || !/^https?:$/.test(new URL(image).protocol))
    report(path, 'image-wrong', `\`${image}\` is not an http or https URL.`, endings);
  else if (!IMAGE_FILE.test(new URL(image).pathname))
    report(path, 'image-wrong', 'This URL does not name a disk image.', endings);
}

function checkSshKeys(document: PlacedDocument, report: Report, namedFiles: ReadonlyMap<string, string>): void {
  const keys = readValue(document, ['vm', 'sshKeys']);
  if (Array.isArray(keys) && keys.length === 0)
    report(
      ['vm', 'sshKeys'],
      'ssh-key-none',
      'A VM needs at least one SSH key.',
      'Add a registered name, a public key, or a file.',
    );
  for (const [index, entry] of readList(document, ['vm', 'sshKeys']).entries()) {
    if (typeof entry !== 'string') continue;
    const path = ['vm', 'sshKeys', index];
    const kind = classifySshKey(entry);
    if (kind === 'private')
      report(
        path,
        'ssh-key-private',
        'This is a private key. Treat it as leaked.',
        'Use the public key; its file ends in .pub.',
      );
    if (kind === 'public' && !isPublicKey(entry))
      report(
        path,
        'ssh-key-wrong',
        'This is not a complete SSH public key.',
        'It should look like ssh-ed25519 AAAA... name.',
      );
    if (kind === 'file' && !namedFiles.has(namedFilePath('ssh-key', document.file, entry)))
      report(
        path,
        'ssh-key-unreadable',
        `The key file \`${entry}\` could not be read.`,
        "A relative path counts from the policy's folder.",
      );
  }
}

function checkPorts(document: PlacedDocument, report: Report): void {
  const seen = new Map<string, number>();
  const ports = readList(document, ['vm', 'ports']);
  for (const [index, entry] of ports.entries()) {
    const path = ['vm', 'ports', index];
    if (typeof entry === 'number')
      report(path, 'port-wrong', `\`${entry}\` names no protocol.`, `Write ${entry}/tcp or ${entry}/udp.`);
    const match = typeof entry === 'string' ? /^(\d{1,5})\/(tcp|udp)$/.exec(entry) : null;
    if (match === null) continue;
    const port = Number(match[1]);
    const written = `${port}/${match[2]!}`;
    const earlier = seen.get(written);
    if (port < 1 || port > 65_535) report(path, 'port-wrong', `There is no port ${port}.`, 'Ports go from 1 to 65535.');
    else if (port === RESERVED_PORT)
      report(path, 'port-reserved', `Port ${RESERVED_PORT} is reserved by the service.`, 'Use another.');
    else if (earlier !== undefined)
      report(path, 'port-twice', `${written} stands in entry ${earlier + 1} already.`, 'Keep one of them.');
    else if (written === '22/tcp') report(path, 'warning-port-ssh', '22/tcp is always open.', 'Leave it out.');
    if (earlier === undefined) seen.set(written, index);
  }
  const added = [...seen.keys()].filter((written) => written !== '22/tcp').length;
  if (added > MOST_PORTS)
    report(
      ['vm', 'ports'],
      'ports-too-many',
      `${added} ports are too many; the service opens at most ${MOST_PORTS} beside 22/tcp.`,
      'Name fewer.',
      'key',
    );
}

/** What is both declared and closed can't be kept. */
function checkClosedPorts(document: PlacedDocument, report: Report): void {
  const open = readList(document, ['vm', 'ports']);
  for (const [index, entry] of readList(document, ['vm', 'closedPorts']).entries()) {
    const path = ['vm', 'closedPorts', index];
    if (typeof entry !== 'string') continue;
    const port = Number(/^(\d{1,5})\/(tcp|udp)$/.exec(entry)?.[1] ?? 1);
    if (port < 1 || port > 65_535) report(path, 'port-wrong', `There is no port ${port}.`, 'Ports go from 1 to 65535.');
    if (open.includes(entry))
      report(path, 'port-both', `${entry} is to be open (\`vm.ports\`) and closed.`, 'Take it out of one of them.');
    if (entry === '22/tcp')
      report(
        path,
        'warning-port-ssh-closed',
        'Nobody can sign in to the members by SSH any more.',
        'Leave 22/tcp open unless something else leads in.',
      );
  }
}

function checkNumbers(document: PlacedDocument, report: Report): void {
  const windows = readList(document, ['schedule', 'windows']).map(
    (_, index) => readNumber(document, ['schedule', 'windows', index, 'replicas']) ?? 0,
  );
  const largest = Math.max(readNumber(document, ['replicas']) ?? 0, ...windows);
  const floor = readNumber(document, ['floor']);
  if (floor !== undefined && floor > largest)
    report(
      ['floor'],
      'floor-too-high',
      `\`floor\` is ${floor}, but never more than ${largest} are wanted.`,
      `Write ${largest} or less.`,
    );
  const countries = readList(document, ['where', 'countries']).length;
  const most = readNumber(document, ['spread', 'max']);
  if (
    readText(document, ['spread', 'by']) === 'country' &&
    most !== undefined &&
    most > 0 &&
    countries > 0 &&
    most * countries < largest
  )
    report(
      ['spread', 'max'],
      'warning-spread-too-narrow',
      `At most ${most} in each of ${countries} countries are ${most * countries}, but ${largest} are wanted.`,
      'Raise `max`, or list more countries.',
    );
}

/** `namedFiles`: texts of named files by the path of their document. */
export function checkFleet(document: PlacedDocument, namedFiles: ReadonlyMap<string, string>): readonly Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, code, message, hint = '', part = 'value') => {
    problems.push(placeProblem(document, path, { code, message, hint }, part));
  };
  checkCountries(document, report);
  checkMaxPrice(document, report);
  checkSize(document, report);
  checkImage(document, report);
  checkSshKeys(document, report, namedFiles);
  checkPorts(document, report);
  checkClosedPorts(document, report);
  checkNumbers(document, report);
  return problems;
}
