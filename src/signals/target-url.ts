// Makes the URL that a probe asks from its template and a VM, and says which targets are never asked. Pure; VM facts come from
// an API and are not trusted: they can't change the host, the port or the shape of the path.
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Vm } from '../core/types.js';

export type ProbedVm = Pick<Vm, 'id' | 'name' | 'publicIp'>;

export type Target = { readonly url: URL } | { readonly problem: string };

const PLACEHOLDER = /\{vm\.(publicIp|name|id)\}/g;
const HOST_SAFE = /^[A-Za-z0-9.-]+$/;

/** Fills in `{vm.publicIp}`, `{vm.name}` and `{vm.id}`: IPv6 gets its brackets, everything after the host is encoded. */
export function buildTarget(template: string, vm: ProbedVm): Target {
  const match = /^(https?:\/\/)([^/?#]*)(.*)$/is.exec(template);
  if (match === null) return { problem: 'the url is not http or https' };
  const [, scheme = '', host = '', rest = ''] = match;
  let problem: string | undefined;

  function fill(text: string, encode: (value: string) => string | undefined): string {
    return text.replace(PLACEHOLDER, (_placeholder, field: 'publicIp' | 'name' | 'id') => {
      const value = vm[field];
      if (value === undefined || value === '')
        problem ??= field === 'publicIp' ? 'it has no address yet' : `it has no ${field}`;
      const encoded = value === undefined ? '' : encode(value);
      if (encoded === undefined) problem ??= `its ${field} can't stand in the url`;
      return encoded ?? '';
    });
  }
  const filled = scheme + fill(host.replace(/\[(\{vm\.publicIp\})\]/g, '$1'), encodeHost) + fill(rest, encodePart);
  if (problem !== undefined) return { problem };
  return URL.canParse(filled) ? { url: new URL(filled) } : { problem: 'the url is not one' };
}

function encodeHost(value: string): string | undefined {
  if (isIPv6(value)) return `[${value}]`;
  return HOST_SAFE.test(value) ? value : undefined;
}

/** Dots alone would climb up the path, encoded or not; half a surrogate pair has no encoding. */
function encodePart(value: string): string | undefined {
  if (value === '.' || value === '..' || /\p{Surrogate}/u.test(value)) return undefined;
  return encodeURIComponent(value);
}

/** This machine, and the addresses where clouds tell a machine its own secrets. */
const LOCAL = new BlockList();
LOCAL.addSubnet('0.0.0.0', 8, 'ipv4');
LOCAL.addSubnet('127.0.0.0', 8, 'ipv4');
LOCAL.addSubnet('169.254.0.0', 16, 'ipv4');
LOCAL.addAddress('::', 'ipv6');
LOCAL.addAddress('::1', 'ipv6');
LOCAL.addSubnet('fe80::', 10, 'ipv6');
LOCAL.addAddress('fd00:ec2::254', 'ipv6');

/** Whether an address is loopback or link-local (169.254.169.254 among them), also as IPv6 that holds IPv4. */
export function isLocalAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return LOCAL.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** The host of a URL as an address, without brackets; a name stays a name. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
