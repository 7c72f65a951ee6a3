// Where the crash tests kill a worker: between any two steps of a deploy, a rename and a delete, and of the reconciles around
// them. `during`: the request is on its way and nobody has answered; the test kills the process from outside.
import type { JobData } from '../../src/ports/queue.js';

export interface CrashPlace {
  readonly job: JobData['kind'];
  /** `store.commit`: port and method. */
  readonly call: string;
  /** during-effect: the service has carried it out. during-nothing: it never will. */
  readonly when: 'before' | 'after' | 'during-effect' | 'during-nothing';
  readonly occurrence?: number;
}

function list(job: CrashPlace['job'], places: readonly string[]): readonly CrashPlace[] {
  return places.map((text) => {
    const [when, call, occurrence] = text.split(' ') as [CrashPlace['when'], string, string?];
    return { job, call, when, ...(occurrence === undefined ? {} : { occurrence: Number(occurrence) }) };
  });
}

/** While a fleet of two is bought and named. */
export const growingPlaces: readonly CrashPlace[] = [
  ...list('reconcile', ['after store.acquireLease', 'before store.commit', 'after store.commit', 'after queue.add']),
  ...list('deploy', [
    'before store.readIntent',
    'before store.beginCall',
    'after store.beginCall',
    'during-nothing cloud.createVms',
    'during-effect cloud.createVms',
    'after cloud.createVms',
    'after store.finishCall',
    'after queue.add',
  ]),
  // The second commit is the look after the purchase, the one that sees and names the VMs.
  ...list('reconcile', ['before store.commit 2', 'after store.commit 2']),
  ...list('rename', [
    'before store.readIntent',
    'after store.beginCall',
    'during-effect cloud.renameVms',
    'after cloud.renameVms',
    'after store.finishCall',
  ]),
];

/** While one of two goes at its deadline. */
export const shrinkingPlaces: readonly CrashPlace[] = [
  ...list('reconcile', ['before store.commit', 'after store.commit', 'after queue.add']),
  ...list('delete', [
    'before store.readIntent',
    'after store.readHandles',
    'before store.beginCall',
    'after store.beginCall',
    'during-nothing cloud.deleteVms',
    'during-effect cloud.deleteVms',
    'after cloud.deleteVms',
    'after store.finishCall',
    'after queue.add',
  ]),
  // The look that sees that it is gone.
  ...list('reconcile', ['before store.commit 2', 'after store.commit 2']),
];

/** While a fleet of three is bought on the cloud, one VM a call: between the calls; the rest is as above. */
export const cloudGrowingPlaces: readonly CrashPlace[] = [
  ...list('reconcile', ['after store.commit', 'after queue.add']),
  ...list('deploy', [
    'after cloud.prepareOrder 2',
    'after store.beginCall 2',
    'during-effect cloud.createVms',
    'after cloud.createVms 2',
    'after store.finishCall',
  ]),
];

/** While two of three go there at their deadline, one a call. */
export const cloudShrinkingPlaces: readonly CrashPlace[] = [
  ...list('delete', [
    'after cloud.prepare 2',
    'after store.beginCall 2',
    'before cloud.deleteVms',
    'after cloud.deleteVms 2',
    'after store.finishCall',
  ]),
  // The look that sees that one is gone.
  ...list('reconcile', ['before store.commit 2']),
];

export function describePlace({ job, call, when, occurrence }: CrashPlace): string {
  const nth = occurrence === undefined ? '' : ` (${occurrence}nd time)`;
  const words = {
    before: 'right before',
    after: 'right after',
    'during-effect': 'during (it took effect)',
    'during-nothing': 'during (it took none)',
  } as const;
  return `${words[when]} ${call}${nth} of a ${job}`;
}
