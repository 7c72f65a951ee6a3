// Whether a call that may be repeated without harm is worth repeating at once: the service is busy or away, or has not said what
// came of it.
import type { CloudError } from '../src/ports/cloud.js';

export function isTransient({ code, effect }: CloudError): boolean {
  return (
    effect === 'unknown' ||
    code === 'api-unreachable' ||
    code === 'api-rate-limited' ||
    code === 'api-unavailable' ||
    code === 'api-timeout'
  );
}
