// The controls under `/_sandbox/` that every product has: what people and tests do to it from outside, over HTTP. They need no
// key, suffer no faults and are not counted. Each one reads its body and calls the sandbox; none knows a product's rules.
import { Hono } from 'hono';
import { formatUsdc, parseUsdc } from '../../core/money.js';
import { faultsShape, ruleShape, type FaultBook } from '../faults.js';
import { readBodyOfAnyType, RequestRefused, type SandboxEnv } from '../http-parts.js';
import { formatInstant } from '../instant-text.js';
import type { SandboxControls } from '../sandbox.js';
import { buildShapeCheck, type ShapeAnswer } from '../shape-check.js';
import { readDuration } from '../shape-parts.js';
import { appShape, isOpenEnded, readApp } from '../vm-apps.js';
import { balanceShape, clockShape, readInstant, terminateShape } from './control-bodies.js';

const checkClock = buildShapeCheck(clockShape);
const checkFaults = buildShapeCheck(faultsShape);
const checkRule = buildShapeCheck(ruleShape);
const checkTerminate = buildShapeCheck(terminateShape);
const checkApp = buildShapeCheck(appShape);
const checkBalance = buildShapeCheck(balanceShape);

export function buildControlRoutes(sandbox: SandboxControls): Hono<SandboxEnv> {
  const routes = new Hono<SandboxEnv>();
  addClockRoutes(routes, sandbox);
  addFaultRoutes(routes, sandbox.faults);
  addVmRoutes(routes, sandbox);

  routes.get('/books', (context) => context.json(sandbox.books()));
  routes.post('/balance', async (context) => {
    const { set, add } = await readBodyOfAnyType(context, checkBalance);
    const amount = set === undefined ? readAmount(add) : readAmount(set) - sandbox.deposit(0n);
    return context.json({ balance: formatUsdc(sandbox.deposit(amount)) });
  });
  return routes;
}

function addClockRoutes(routes: Hono<SandboxEnv>, sandbox: SandboxControls): void {
  const readClock = () => {
    const now = sandbox.now();
    const next = sandbox.nextEventAt();
    return {
      now: formatInstant(now),
      nowMillis: now,
      speed: sandbox.speed,
      nextEventAt: next === undefined ? null : formatInstant(next),
    };
  };
  routes.get('/clock', (context) => context.json(readClock()));
  routes.post('/clock', async (context) => {
    const { advanceTo, advanceBy, speed } = await readBodyOfAnyType(context, checkClock);
    if (advanceTo !== undefined) sandbox.advanceTo(readInstant(advanceTo, sandbox.now()));
    if (advanceBy !== undefined) sandbox.advanceBy(readDuration(advanceBy));
    if (speed !== undefined) sandbox.setSpeed(speed);
    return context.json(readClock());
  });
}

function addFaultRoutes(routes: Hono<SandboxEnv>, faults: FaultBook): void {
  const readFaults = () => ({
    latencyMillis: faults.latencyMillis,
    ratePerSecond: faults.ratePerSecond,
    dateSkewMillis: faults.dateSkewMillis,
    rules: faults.rules.map(({ rule, seen, hits }) => ({ ...rule, seen, hits })),
  });
  routes.get('/faults', (context) => context.json(readFaults()));
  routes.post('/faults', async (context) => {
    faults.add(await readBodyOfAnyType(context, readFaultsBody));
    return context.json(readFaults());
  });
  routes.delete('/faults', (context) => {
    faults.clear();
    return context.json(readFaults());
  });
}

/** A whole set of faults, or one rule bare. */
function readFaultsBody(value: unknown): ShapeAnswer<Parameters<FaultBook['add']>[0]> {
  if (typeof value !== 'object' || value === null || !('effect' in value)) return checkFaults(value);
  const { value: rule, problems } = checkRule(value);
  return rule === undefined ? { problems } : { value: { rules: [rule] } };
}

function addVmRoutes(routes: Hono<SandboxEnv>, sandbox: SandboxControls): void {
  routes.post('/vms/terminate', async (context) =>
    context.json({ vms: sandbox.terminate(await readBodyOfAnyType(context, checkTerminate)) }),
  );
  routes.post('/vms/app', async (context) => {
    const script = readApp(await readBodyOfAnyType(context, checkApp), sandbox.now());
    if (script === undefined) throw new RequestRefused(400, 'An answer has a "from" that is no date');
    if (Object.values(script.vm).every((word) => word === undefined)) {
      throw new RequestRefused(400, 'Say which VM: id, name or prefix');
    }
    const vms = sandbox.listMeant(script.vm);
    if (vms.length === 0 && !isOpenEnded(script.vm))
      throw new RequestRefused(404, `There is no VM ${script.vm.id ?? script.vm.name}`);
    sandbox.scriptApp(script);
    return context.json({ answers: script.answers.length, vms: vms.map(({ name }) => name) });
  });
}

function readAmount(value: string | number | undefined): bigint {
  return parseUsdc(typeof value === 'number' ? value.toFixed(6) : (value ?? '0')) ?? 0n;
}
