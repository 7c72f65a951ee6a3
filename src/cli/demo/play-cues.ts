// Plays one cue of the demo's script: what happens to the world from outside. It says what it does and touches no books.
import type { DemoStage, DemoWorker } from '../../compose/demo-stage.js';
import { ciMachines, type Cue } from './demo-script.js';

export interface CueFacts {
  readonly stage: DemoStage;
  /** The workers that live; a killed one is taken out. */
  readonly workers: DemoWorker[];
  readonly say: (text: string) => void;
}

/** Lets the next create happen and its answer hang, so that the worker can be killed in the middle of it. */
function breakNextCreate({ stage }: CueFacts): void {
  stage.sandbox.faults.add({
    rules: [{ match: { method: 'POST', path: '/vms/v3' }, effect: { kind: 'hang', afterEffect: true } }],
  });
}

/** Whether the trap has caught a worker in the middle of a create. */
export function isTrapSprung({ stage }: Pick<CueFacts, 'stage'>): boolean {
  return stage.sandbox.faults.rules.some((rule) => rule.hits > 0);
}

/** Kills the worker that waits for the answer, and starts two others. */
export async function killInMidCall({ stage, workers, say }: CueFacts): Promise<void> {
  const [victim] = workers.splice(0, 1);
  await victim!.kill();
  stage.sandbox.faults.clear();
  say(`worker ${victim!.pid} was killed (SIGKILL) between a purchase and its answer; two others take over`);
  workers.push(await stage.startWorker(), await stage.startWorker());
}

function placeCiMachines({ stage, say }: CueFacts): void {
  const { at, idle, busy, silent } = ciMachines;
  const shared = {
    country: 'FR',
    configuration: 'cpu-2-ram-4gb-storage-25gb',
    status: 'active',
    price: undefined,
    ports: [],
  } as const;
  stage.sandbox.placeVms(
    [idle, busy, silent].map(({ name, createdAt, paidUntil }) => ({ ...shared, name, createdAt, paidUntil })),
  );
  const answer = (from: number, body: unknown) => ({
    from,
    status: 200,
    body: JSON.stringify(body),
    contentType: 'application/json',
    delayMillis: 0,
    hang: false,
  });
  const script = (name: string, answers: readonly ReturnType<typeof answer>[]): void =>
    stage.sandbox.scriptApp({ vm: { id: undefined, name, prefix: undefined }, path: '/status', port: 8080, answers });
  script(idle.name, [answer(at, { busy: true }), answer(idle.idleFrom, { busy: false })]);
  script(busy.name, [answer(at, { busy: true })]);
  say(
    `somebody starts ${idle.name}, ${busy.name} and ${silent.name} by hand; the first falls idle in 30 min, the last never answers`,
  );
}

/** Their owner deletes what is left of the CI machines, by the API as any user would. */
async function removeCiMachines({ stage, say }: CueFacts): Promise<void> {
  const vms = stage.sandbox.books().vms.filter((vm) => vm.foreign && vm.goneAt === null);
  await stage.engine.accounts.get('main')!.cloud.deleteVms(vms.map((vm) => vm.id));
  say(`their owner deletes ${vms.map((vm) => vm.name).join(' and ')}`);
}

/** One running VM of the fleet ends at the provider. */
function terminateOne({ stage, say }: CueFacts, prefix: string): void {
  const victim = stage.sandbox.books().vms.find((vm) => vm.name.startsWith(prefix) && vm.status === 'active');
  if (victim === undefined) return;
  stage.sandbox.terminate({ id: victim.id });
  say(`the provider terminates ${victim.name}`);
}

/** Plays a cue. A `kill-worker` only sets the trap; the driver springs it when the purchase comes. */
export async function playCue(cue: Cue, facts: CueFacts): Promise<void> {
  switch (cue.kind) {
    case 'kill-worker':
      breakNextCreate(facts);
      break;
    case 'place-ci':
      placeCiMachines(facts);
      break;
    case 'remove-ci':
      await removeCiMachines(facts);
      break;
    case 'terminate':
      terminateOne(facts, cue.prefix);
      break;
  }
}
