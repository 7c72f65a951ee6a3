// Turns checked request bodies into orders for the market, and refuses what the service refuses beyond shapes: reserved ports,
// image formats, unknown keys, half a hardware type. It changes nothing.
import { formatPort } from '../../core/format-port.js';
import { parseUsdc } from '../../core/money.js';
import type { Port } from '../../core/types.js';
import { RequestRefused } from '../http-parts.js';
import type { DeployOrder, MarketState, OfferConstraints } from '../marketplace/market-state.js';
import { readPublicKey } from '../ssh-key.js';
import type { ConstraintsBody, DeployBody, PortBody } from './request-bodies.js';

const RESERVED_PORT = 10_250;
/** Beyond 22/tcp. */
const MOST_PORTS = 50;
const IMAGE_FORMATS = ['.qcow2', '.img', '.raw', '.raw.xz', '.raw.gz', '.img.xz', '.img.gz'];

/** `whole`: a deployment, which must give every field of a hardware type that it names; a search need not. */
export function readConstraints(body: ConstraintsBody | null | undefined, whole: boolean): OfferConstraints {
  const hardware = body?.hardware;
  const extraStorage = body?.additionalResources?.storage ?? undefined;
  if (extraStorage !== undefined && (hardware?.storage ?? []).length === 0) {
    throw new RequestRefused(400, 'additionalResources can only be used together with hardware.storage');
  }
  if (whole) {
    refuseHalf('cpu', ['manufacturer', 'architecture'], hardware?.cpu);
    refuseHalf('memory', ['type', 'generation'], hardware?.memory);
    refuseHalf('storage', ['type'], hardware?.storage);
  }
  return {
    configuration: body?.basicConfiguration ?? undefined,
    countries: body?.datacenter?.countries ?? undefined,
    ...(hardware?.cpu ? { cpu: hardware.cpu } : {}),
    ...(hardware?.memory ? { memory: hardware.memory } : {}),
    ...(hardware?.storage ? { storage: hardware.storage } : {}),
    extraStorage: (extraStorage ?? []).map(({ supply, units, type }) => ({
      gib: units === 'GiB' ? supply : supply / 1024,
      type,
    })),
    // Cut, not rounded, to whole micros: a cap never allows more than was said.
    maxPrice: parseUsdc((body?.maxTotalPricePerEpochUsd ?? '').replace(/(\.\d{6})\d+$/, '$1')),
  };
}

export function readOrder(state: MarketState, body: DeployBody): DeployOrder {
  const { name, hostname, openPorts, osImage, sshKeys } = body.vmConfiguration;
  if (!isImageUrl(osImage)) {
    throw new RequestRefused(
      400,
      `Invalid osImage: it must be a download URL that ends in ${IMAGE_FORMATS.join(', ')}`,
    );
  }
  for (const key of sshKeys) refuseUnknownKey(state, key);
  return {
    constraints: readConstraints(body.constraints, true),
    instances: body.instances,
    name,
    hostname: hostname ?? undefined,
    osImage,
    ports: readPorts(openPorts ?? []).filter(({ port, protocol }) => port !== 22 || protocol !== 'tcp'),
  };
}

export function readPorts(ports: readonly PortBody[]): readonly Port[] {
  const texts = ports.map(formatPort);
  const twice = texts.find((text, index) => texts.indexOf(text) !== index);
  if (twice !== undefined) throw new RequestRefused(400, `Port ${twice} is listed twice`);
  if (ports.some(({ port }) => port === RESERVED_PORT)) {
    throw new RequestRefused(400, `Port ${RESERVED_PORT} is reserved`);
  }
  if (texts.filter((text) => text !== '22/tcp').length > MOST_PORTS) {
    throw new RequestRefused(400, `At most ${MOST_PORTS} ports can be opened besides 22/tcp`);
  }
  return ports;
}

function refuseHalf(
  part: string,
  fields: readonly string[],
  wishes: readonly Readonly<Record<string, unknown>>[] | null | undefined,
): void {
  for (const wish of wishes ?? []) {
    const missing = fields.find((field) => wish[field] === undefined);
    if (missing !== undefined) throw new RequestRefused(400, `hardware.${part} lacks the field "${missing}"`);
  }
}

function isImageUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname } = new URL(text);
  return /^https?:$/.test(protocol) && IMAGE_FORMATS.some((format) => pathname.endsWith(format));
}

function refuseUnknownKey(state: MarketState, text: string): void {
  for (const key of state.keys.values()) if (key.name === text) return;
  if (!text.includes(' ')) throw new RequestRefused(400, `SSH key not found: ${text}`);
  if (readPublicKey(text) === undefined) throw new RequestRefused(400, 'Invalid SSH public key');
}
