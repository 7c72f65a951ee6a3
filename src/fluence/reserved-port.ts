// The port of the provider's own agent: it is never opened, whatever asks for it.
import type { Port } from '../core/types.js';
import { CloudError } from '../ports/cloud.js';

const RESERVED_PORT = 10_250;

/** Throws CloudError `api-bad-request`, effect none. */
export function refuseReservedPort(ports: readonly Port[]): void {
  if (ports.every(({ port }) => port !== RESERVED_PORT)) return;
  const message = `port ${RESERVED_PORT} is reserved and can't be opened`;
  throw new CloudError('api-bad-request', message, { effect: 'none' });
}
