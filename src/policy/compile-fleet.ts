// A checked fleet document -> the core's fleet, and its content for hashing. Must only see documents without errors.
import type { CloudInit } from '../core/cloud-init.js';
import { parseDuration } from '../core/duration.js';
import { DAY_MILLIS, HOUR_MILLIS, parseUsdc } from '../core/money.js';
import type { FleetPolicy, VmTemplate, Where } from '../core/policy-types.js';
import type { Hardware, Port, Price } from '../core/types.js';
import { compileDemand } from './demand.js';
import type { Schedule } from './demand.js';
import type { HolidayDates } from './read-window.js';
import type { CloudInitDocument } from './schemas/cloud-init.js';
import type { FleetDocument } from './schemas/fleet.js';
import { namedFilePath } from './named-files.js';
import { classifySshKey } from './ssh-key-text.js';

interface FleetFacts {
  readonly file: string;
  /** The account when the document names none. */
  readonly account: string;
  readonly schedule: Schedule;
  readonly holidays: HolidayDates;
  /** Texts of named files by the path of their document. */
  readonly namedFiles: ReadonlyMap<string, string>;
}

function readPrice(text: string): Price {
  const [amount = '', unit = ''] = text.split('/').map((part) => part.trim());
  return { amount: parseUsdc(amount) ?? 0n, periodMillis: unit === 'hour' ? HOUR_MILLIS : DAY_MILLIS };
}

function first<T>(value: T | readonly T[] | undefined): T | undefined {
  return Array.isArray(value) ? (value[0] as T) : (value as T | undefined);
}

export function compileHardware(document: FleetDocument['where']['hardware']): Hardware {
  const cpu = first(document?.cpu);
  const memory = first(document?.memory);
  const storage = first(document?.storage);
  return {
    ...(cpu && { cpuManufacturer: cpu.manufacturer, cpuArchitecture: cpu.architecture }),
    ...(memory && { memoryType: memory.type, memoryGeneration: memory.generation }),
    ...(storage && { storageType: storage.type }),
  };
}

function compileWhere(where: FleetDocument['where']): Where {
  const { configuration, minimum } = where;
  return {
    countries: where.countries ?? [],
    prefer: where.prefer ?? 'price',
    configurations: configuration === undefined ? undefined : [configuration].flat(),
    minimum: minimum && { vcpu: minimum.vcpu ?? 0, ramGb: minimum.ramGb ?? 0, storageGb: minimum.storageGb ?? 0 },
    hardware: compileHardware(where.hardware),
    tier: where.tier,
    certifications: where.certifications ?? [],
    maxPrice: readPrice(where.maxPrice),
    // Absent where nothing is said, so that the content of policies that stand stays the same.
    ...(where.aboveMaxPrice === 'replace' ? { aboveMaxPrice: where.aboveMaxPrice } : {}),
  };
}

function readPort(text: string): Port {
  const [port, protocol] = text.split('/');
  return { port: Number(port), protocol: protocol === 'udp' ? 'udp' : 'tcp' };
}

function compileCloudInit({ file, text, secrets = {} }: CloudInitDocument, facts: FleetFacts): CloudInit {
  const read = file === undefined ? text : facts.namedFiles.get(namedFilePath('cloud-init', facts.file, file));
  // Checked: one of the two keys of a source is there.
  return { text: read ?? '', secrets: secrets as CloudInit['secrets'] };
}

function compileVm(vm: FleetDocument['vm'], facts: FleetFacts): VmTemplate {
  const ports = (vm.ports ?? []).map(readPort);
  return {
    image: vm.image,
    sshKeys: vm.sshKeys.map((entry) =>
      classifySshKey(entry) === 'file'
        ? (facts.namedFiles.get(namedFilePath('ssh-key', facts.file, entry)) ?? entry)
        : entry,
    ),
    ports: ports.filter(({ port, protocol }) => !(port === 22 && protocol === 'tcp')),
    // Absent where nothing is said, so that the content of policies that stand stays the same.
    ...(vm.closedPorts === undefined ? {} : { closedPorts: vm.closedPorts.map(readPort) }),
    hostname: vm.hostname,
    ...(vm.cloudInit === undefined ? {} : { cloudInit: compileCloudInit(vm.cloudInit, facts) }),
  };
}

/** A list of one is that one. */
function compileAccounts(named: string | readonly string[]): Pick<FleetPolicy, 'account' | 'accounts'> {
  const accounts = [named].flat();
  return { account: accounts[0]!, ...(accounts.length > 1 ? { accounts } : {}) };
}

/** The schedule as content: defaults filled in, holidays by their dates, so that a changed list is a changed policy. */
function describeSchedule(document: FleetDocument, facts: FleetFacts): unknown {
  return document.schedule?.windows.map(({ holidays, ...window }) => ({
    ...window,
    zone: facts.schedule.zone.name,
    dates: holidays === undefined ? undefined : facts.holidays.get(holidays),
  }));
}

/** `content`: all that the policy does, for its hash; neither its name nor what is only said about it. */
export function compileFleet(
  document: FleetDocument,
  facts: FleetFacts,
): { readonly policy: FleetPolicy; readonly content: unknown } {
  const keep = document.billing?.keepIfWantedWithin;
  const delay = parseDuration(document.billing?.delayPurchase ?? '0s') ?? 0;
  const settled = {
    kind: 'fleet',
    ...compileAccounts(document.account ?? facts.account),
    mode: document.mode ?? 'act',
    readyBy: document.schedule?.readyBy ?? 'start',
    where: compileWhere(document.where),
    spread: document.spread,
    vm: compileVm(document.vm, facts),
    deleteAt: document.billing?.deleteAt ?? 'boundary',
    keepIfWantedWithinMillis: keep === undefined ? undefined : parseDuration(keep),
    ...(delay === 0 ? {} : { delayPurchaseMillis: delay }),
    priority: document.priority ?? 100,
    floor: document.floor ?? document.replicas,
  } as const;
  const policy: FleetPolicy = {
    ...settled,
    name: document.name,
    description: document.description,
    formerly: document.formerly ?? [],
    demand: compileDemand(facts.schedule),
  };
  return { policy, content: { ...settled, replicas: document.replicas, windows: describeSchedule(document, facts) } };
}
