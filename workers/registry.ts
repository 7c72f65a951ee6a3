// Action -> handler. To add an action: write its handler in a file of its own and add one line here.
import type { JobData, JobHandler } from '../src/ports/queue.js';
import type { Engine } from '../src/scheduler/engine.js';
import { createDeleteHandler } from './delete.js';
import { createDeployHandler } from './deploy.js';
import { createKeyHandler } from './key.js';
import { createPortsHandler } from './ports.js';
import { createProbeHandler } from './probe.js';
import { createReconcileHandler } from './reconcile.js';
import { createRemovePartsHandler } from './remove-parts.js';
import { createRenameHandler } from './rename.js';

/** One handler for all jobs, that gives each to the handler of its kind. */
export function createHandlers(engine: Engine): JobHandler {
  const handlers: Readonly<Record<JobData['kind'], JobHandler>> = {
    reconcile: createReconcileHandler(engine),
    probe: createProbeHandler(engine),
    deploy: createDeployHandler(engine),
    delete: createDeleteHandler(engine),
    rename: createRenameHandler(engine),
    'remove-parts': createRemovePartsHandler(engine),
    ports: createPortsHandler(engine),
    key: createKeyHandler(engine),
  };
  return async (data, context) => {
    try {
      return await handlers[data.kind](data, context);
    } finally {
      // Of a gate that was passed and nothing sent behind it.
      await engine.accounts.get(data.account)?.traffic.end(context.attempt, { service: 'unused' });
    }
  };
}
