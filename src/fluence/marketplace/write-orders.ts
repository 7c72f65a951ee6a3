// Writes what the marketplace is asked: constraints of offers, estimates and deployments. The service picks the offer by
// these constraints alone, so nothing that the plan named may be left out.
import { convertCap, DAY_MILLIS, formatUsdc } from '../../core/money.js';
import type { ChosenOffer, Hardware, Price } from '../../core/types.js';
import { CloudError } from '../../ports/cloud.js';
import type { CreateOrder, OfferQuery, PortsUpdate } from '../../ports/cloud.js';
import { refuseReservedPort } from '../reserved-port.js';

export function writeOfferQuery(query: OfferQuery): Record<string, unknown> {
  return {
    ...(query.configuration === undefined ? {} : { basicConfiguration: query.configuration }),
    ...(query.countries === undefined || query.countries.length === 0
      ? {}
      : { datacenter: { countries: query.countries } }),
    ...(query.maxPrice === undefined ? {} : { maxTotalPricePerEpochUsd: writeCap(query.maxPrice) }),
  };
}

/** Throws CloudError `api-bad-request` for hardware that can't be asked for as it is named, and for what only the cloud sells. */
export function writeOrder(order: CreateOrder): Record<string, unknown> {
  if (order.cloudInit !== undefined || (order.dataDisksGb ?? []).length > 0)
    throw new CloudError('api-bad-request', 'the marketplace has no cloud-init and no data disks: leave them out', {
      effect: 'none',
    });
  return {
    constraints: writeConstraints(order.offer, order.cap),
    instances: order.count,
    vmConfiguration: {
      name: order.name,
      ...(order.hostname === undefined ? {} : { hostname: order.hostname }),
      openPorts: order.ports.map(({ port, protocol }) => ({ port, protocol })),
      osImage: order.imageUrl,
      sshKeys: order.sshKeys,
    },
  };
}

/** The list replaces the VM's own. Throws CloudError `api-bad-request` for the reserved port. */
export function writePorts({ id, ports }: PortsUpdate): Record<string, unknown> {
  refuseReservedPort(ports);
  return { id, openPorts: ports.map(({ port, protocol }) => ({ port, protocol })) };
}

/** The cap is per VM and per epoch of 24 h. */
export function writeConstraints(offer: ChosenOffer, cap: Price): Record<string, unknown> {
  return {
    basicConfiguration: offer.configuration,
    additionalResources: null,
    hardware: offer.hardware === undefined ? null : writeHardware(offer.hardware),
    datacenter: { countries: [offer.country] },
    maxTotalPricePerEpochUsd: writeCap(cap),
  };
}

function writeCap(cap: Price): string {
  return formatUsdc(convertCap(cap, DAY_MILLIS).amount);
}

/** A deployment must give every field of a hardware type that it names. */
function writeHardware(hardware: Hardware): Record<string, unknown> | null {
  const cpu = writeType('cpu', { manufacturer: hardware.cpuManufacturer, architecture: hardware.cpuArchitecture });
  const memory = writeType('memory', { type: hardware.memoryType, generation: hardware.memoryGeneration });
  const storage = writeType('storage', { type: hardware.storageType });
  const written = { ...cpu, ...memory, ...storage };
  return Object.keys(written).length === 0 ? null : written;
}

function writeType(type: string, fields: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const missing = Object.keys(fields).filter((field) => fields[field] === undefined);
  if (missing.length === Object.keys(fields).length) return {};
  if (missing.length === 0) return { [type]: [fields] };
  throw new CloudError(
    'api-bad-request',
    `hardware.${type} must name ${missing.join(' and ')} too: the marketplace takes a hardware type only with all its fields`,
    { effect: 'none', details: { type, missing } },
  );
}
