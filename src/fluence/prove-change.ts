// Finds out whether a key may change anything, without changing anything: by asking for a change of a VM that nobody has. The
// service refuses a key that may only read before it looks for the VM.
import { CloudError } from '../ports/cloud.js';
import type { Access } from '../ports/cloud.js';

/** Answers that say something about the VM or about the request, so the key was good enough. */
const LET_THROUGH: ReadonlySet<string> = new Set(['api-not-found', 'api-bad-request', 'api-conflict']);

/** `change` must be one that can't take effect. Throws CloudError `api-key-missing` alone. */
export async function proveChange(change: () => Promise<void>): Promise<Pick<Access, 'mayChange' | 'how'>> {
  const how = 'a change of a VM that nobody has';
  try {
    await change();
    return { mayChange: true, how: `${how} was let through` };
  } catch (error) {
    if (!(error instanceof CloudError) || error.code === 'api-key-missing') throw error;
    if (error.code === 'api-key-refused') return { mayChange: false, how: `${how} was refused: ${error.message}` };
    if (LET_THROUGH.has(error.code)) return { mayChange: true, how: `${how} was let through` };
    return { mayChange: undefined, how: error.message };
  }
}
