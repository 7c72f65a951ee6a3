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
  const { sandbox, purchasePath } = stage.scene;
  sandbox.faults.add({
    rules: [{ match: { method: 'POST', path: purchasePath }, effect: { kind: 'hang', afterEffect: true } }],
  });
}

/** Whether the trap has caught a worker in the middle of a create. */
export function isTrapSprung({ stage }: Pick<CueFacts, 'stage'>): boolean {
  return stage.scene.sandbox.faults.rules.some((rule) => rule.hits > 0);
}

/** Kills the worker that waits for the answer, and starts two others. */
export async function killInMidCall({ stage, workers, say }: CueFacts): Promise<void> {
  const [victim] = workers.splice(0, 1);
  await victim!.kill();
  stage.scene.sandbox.faults.clear();
  say(`worker ${victim!.pid} was killed (SIGKILL) between a purchase and its answer; two others take over`);
  workers.push(await stage.startWorker(), await stage.startWorker());
}

function placeCiMachines({ stage, say }: CueFacts): void {
  const { at, idle, busy, silent } = ciMachines;
  const { scene } = stage;
  scene.placeVms([idle, busy, silent].map((vm) => ({ ...vm, paidUntil: vm.paidUntil[scene.product] })));
  const answer = (from: number, body: unknown) => ({
    from,
    status: 200,
    body: JSON.stringify(body),
    contentType: 'application/json',
    delayMillis: 0,
    hang: false,
  });
  const script = (name: string, answers: readonly ReturnType<typeof answer>[]): void =>
    scene.sandbox.scriptApp({ vm: { id: undefined, name, prefix: undefined }, path: '/status', port: 8080, answers });
  script(idle.name, [answer(at, { busy: true }), answer(idle.idleFrom, { busy: false })]);
  script(busy.name, [answer(at, { busy: true })]);
  say(
    `somebody starts ${idle.name}, ${busy.name} and ${silent.name} by hand; the first falls idle in 30 min, the last never answers`,
  );
}

/** Their owner deletes what is left of the CI machines, by the API as any user would. */
async function removeCiMachines({ stage, say }: CueFacts): Promise<void> {
  const vms = stage.scene.sandbox.listMeant({ id: undefined, name: undefined, prefix: ciMachines.prefix });
  // One call each, as the cloud wants it.
  for (const vm of vms) await stage.engine.accounts.get('main')!.cloud.deleteVms([vm.id]);
  say(`their owner deletes ${vms.map((vm) => vm.name).join(' and ')}`);
}

/** One running VM of the fleet ends at the provider. */
function terminateOne({ stage, say }: CueFacts, prefix: string): void {
  const { sandbox } = stage.scene;
  const [victim] = sandbox.listMeant({ id: undefined, name: undefined, prefix });
  if (victim === undefined) return;
  sandbox.terminate({ id: victim.id, name: undefined, prefix: undefined });
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
