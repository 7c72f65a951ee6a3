// Carries out one deploy intent: exactly one create call, never a second one. What the answer leaves open stays `unknown`
// until listings settle it. It chooses nothing: what and how many stands in the intent.
import type { Intent } from '../src/core/books.js';
import { buildBoughtClaim } from '../src/core/bought-claim.js';
import type { CloudInit } from '../src/core/cloud-init.js';
import type { PurserError } from '../src/core/errors.js';
import { formatUsdc } from '../src/core/money.js';
import type { FleetPolicy } from '../src/core/policy-types.js';
import type { Millis } from '../src/core/types.js';
import { CloudError, type CreateOrder } from '../src/ports/cloud.js';
import type { JobHandler, JobOutcome } from '../src/ports/queue.js';
import type { Engine, EngineAccount } from '../src/scheduler/engine.js';
import { describeWait, isFinalRefusal, passGate, refuseWhileShut } from './call-gate.js';
import { closeIntent, describeOutcome } from './close-intent.js';
import { fillCloudInit, type FilledText } from './cloud-init.js';
import { findWork } from './find-work.js';
import { prepareCall } from './prepare-call.js';

type Deploy = NonNullable<Intent['deploy']>;

const BEGUN_WAITS: Millis = 10_000;

async function findImageUrl(account: EngineAccount, image: string): Promise<string | undefined> {
  if (/^https?:\/\//.test(image)) return image;
  const images = await account.cloud.listImages();
  return images.find((known) => known.slug === image)?.url;
}

async function buildOrder(
  account: EngineAccount,
  fleet: FleetPolicy,
  deploy: Deploy,
): Promise<CreateOrder | undefined> {
  const imageUrl = await findImageUrl(account, fleet.vm.image);
  if (imageUrl === undefined) return undefined;
  return {
    count: deploy.count,
    offer: deploy.offer,
    cap: deploy.cap,
    name: deploy.vmName,
    hostname: fleet.vm.hostname ?? deploy.vmName,
    imageUrl,
    sshKeys: fleet.vm.sshKeys,
    ports: fleet.vm.ports,
  };
}

interface ReadyOrder {
  readonly order: CreateOrder;
  readonly describe: FilledText['describe'];
}

async function prepareOrder(
  engine: Engine,
  account: EngineAccount,
  intent: Intent,
  order: CreateOrder,
  cloudInit: CloudInit | undefined,
  signal: AbortSignal,
): Promise<ReadyOrder> {
  const filled = fillCloudInit(engine, cloudInit);
  const { cloud } = account;
  await cloud.prepare({ signal });
  const beforeChange = (): Promise<void> => refuseWhileShut(engine, account, intent);
  const prepared = await cloud.prepareOrder({ ...order, ...filled.order }, { signal, beforeChange });
  return { order: prepared, describe: filled.describe };
}

async function finishBought(
  engine: Engine,
  attempt: string,
  intent: Intent,
  deploy: Deploy,
  created: readonly { id: string; name: string }[],
): Promise<JobOutcome> {
  const now = engine.clock.now();
  const { configuration, country, price } = deploy.offer;
  await closeIntent(engine, attempt, {
    intent: { ...intent, state: 'done', closedAt: now, deploy: { ...deploy, vmIds: created.map((vm) => vm.id) } },
    claims: created.map((vm) => buildBoughtClaim(intent, vm, now)),
    ledger: created.map((vm) => {
      const text = `bought ${vm.name}: ${configuration} in ${country} at ${formatUsdc(price.amount)} a period`;
      return describeOutcome(intent, now, 'bought', text, { vmId: vm.id, vmName: vm.name });
    }),
  });
  return { result: 'done', text: `bought ${created.length} of ${intent.policy}` };
}

function countPending({ deploy }: Intent): string {
  const count = deploy?.count ?? 0;
  return count === 1 ? 'its VM counts as pending' : `its ${count} VMs count as pending`;
}

async function finishFailed(
  engine: Engine,
  attempt: string,
  intent: Intent,
  error: PurserError,
  said: string = error.message,
): Promise<JobOutcome> {
  const now = engine.clock.now();
  const { code } = error;
  // Only a request that surely changed nothing has failed; everything else may have bought.
  const hasFailed = !(error instanceof CloudError) || error.effect === 'none';
  const text = hasFailed
    ? `not bought: ${said}`
    : `whether it was bought is not known (${said}); ${countPending(intent)} until listings settle it`;
  await closeIntent(engine, attempt, {
    intent: {
      ...intent,
      state: hasFailed ? 'failed' : 'unknown',
      closedAt: hasFailed ? now : undefined,
      error: { code, text: said },
    },
    ledger: [describeOutcome(intent, now, hasFailed ? 'buy-failed' : 'buy-unknown', text)],
  });
  return { result: 'done', text };
}

async function refuse(engine: Engine, attempt: string, intent: Intent, why: string): Promise<JobOutcome> {
  const now = engine.clock.now();
  const text = `not bought: ${why}`;
  await closeIntent(engine, attempt, {
    intent: { ...intent, state: 'refused', closedAt: now, error: { code: why, text } },
    ledger: [describeOutcome(intent, now, 'refused', text)],
  });
  return { result: 'done', text };
}

/** The handler of `deploy` jobs. */
export function createDeployHandler(engine: Engine): JobHandler {
  return async (data, { attempt, signal }) => {
    const work = await findWork(engine, 'deploy', data);
    if (work.outcome !== undefined) return work.outcome;
    const { account, intent } = work;
    const deploy = intent.deploy!;
    const record = await engine.store.readGeneration();
    const fleet =
      record === undefined ? undefined : engine.compile(record).fleets.find((known) => known.name === intent.policy);
    const order = fleet === undefined ? undefined : await buildOrder(account, fleet, deploy);
    if (order === undefined && intent.state === 'planned')
      return refuse(
        engine,
        attempt,
        intent,
        fleet === undefined ? 'its policy is gone' : 'its image is not known to the product',
      );

    // A create that was begun is never called again, so there is nothing to prepare for.
    const prepared =
      order === undefined || intent.state !== 'planned'
        ? undefined
        : await prepareCall(() => prepareOrder(engine, account, intent, order, fleet?.vm.cloudInit, signal));
    const gate = await passGate(engine, account, intent, { attempt, abort: signal, doom: [] });
    if (!gate.open) {
      const waits = describeWait(gate);
      if (waits !== undefined) return waits;
      const why = gate.why === 'outdated' ? 'it waited too long; planned anew if still wanted' : gate.why;
      // Begun by an attempt that is gone: whether it bought is asked at the gate once that is open again.
      if (isFinalRefusal(gate) && intent.state === 'calling')
        return { result: 'retry', afterMillis: BEGUN_WAITS, text: `it was begun and waits: ${why}` };
      if (isFinalRefusal(gate)) return refuse(engine, attempt, intent, why);
      return { result: 'done', text: `not called: ${gate.why}` };
    }
    const called: Intent = { ...intent, calledAt: engine.clock.now(), state: 'calling' };
    if (prepared !== undefined && 'obstacle' in prepared) {
      const { obstacle } = prepared;
      // Shut while it was prepared and open again: nothing has failed.
      return obstacle.code === 'frozen'
        ? refuse(engine, attempt, called, obstacle.message)
        : finishFailed(engine, attempt, called, obstacle);
    }
    if (prepared === undefined || !gate.isStillOpen())
      return refuse(
        engine,
        attempt,
        called,
        'the permit came too late, Redis did not confirm it on disk, or it was frozen here',
      );
    try {
      const created = await account.cloud.createVms(prepared.value.order, { signal, turn: attempt });
      return await finishBought(engine, attempt, called, deploy, created);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      return finishFailed(engine, attempt, called, error, prepared.value.describe(error));
    }
  };
}
