// Budgets as they are once the rails and a freeze have spoken: whoever may not be deleted is charged on until somebody allows it.
// Corrects the figures that are told and that purchases are admitted by; steps and ceilings stand as they were judged.
import type { Books, Intent } from '../books.js';
import type { Gates } from '../gates.js';
import type { Draft, Member, PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import { openAccount, readFigures } from './budget-account.js';
import { joinActing, type BudgetView } from './judge-budgets.js';
import { isCountedMember, readPayers } from './read-payers.js';
import { openCourse } from './reckon-course.js';

interface Staying {
  readonly because: 'rail' | 'frozen';
  readonly has: (id: string) => boolean;
}

function findStaying(draft: Draft, { deletes }: Gates): Staying | undefined {
  if (deletes?.code === 'frozen') return { because: 'frozen', has: () => true };
  const refused = new Set(draft.holds.flatMap(({ vm, reason }) => (vm && reason.code === 'rail' ? [vm.id] : [])));
  return refused.size === 0 ? undefined : { because: 'rail', has: (id) => refused.has(id) };
}

/** The gate lets no call through while all is frozen: what was not begun isn't bought. */
function withoutUncalled(books: Books): Books {
  const isUncalled = ({ kind, state }: Intent): boolean => kind === 'deploy' && state === 'planned';
  return books.intents.some(isUncalled)
    ? { ...books, intents: books.intents.filter((intent) => !isUncalled(intent)) }
    : books;
}

/**
 * Members that stay are as good as protected. Whoever a rail keeps is one too many all the same: no other one goes in its place,
 * so it serves nobody.
 */
function withStaying(context: PlanContext, staying: Staying): PlanContext {
  const stay = (member: Member): Member => {
    if (!staying.has(member.id)) return member;
    const { row } = member;
    const kept = { ...member, isProtected: true };
    return staying.because === 'frozen' ? kept : { ...kept, row: { ...row, counts: false, standing: 'active' } };
  };
  const members = new Map([...context.members].map(([fleet, own]) => [fleet, own.map(stay)]));
  if (staying.because !== 'frozen') return { ...context, members };
  const { peers = [] } = context.snapshot;
  const snapshot = {
    ...context.snapshot,
    peers: peers.map((peer) => ({ ...peer, books: withoutUncalled(peer.books) })),
  };
  return { ...context, members, books: withoutUncalled(context.books), snapshot };
}

/** What was let go to keep to a budget is wanted without it, and so serves whether a rail keeps it or not. */
function findSurplus(draft: Draft, staying: Staying): Staying {
  const forBudget = new Set(draft.unwanted.flatMap(({ vm, reason }) => (reason.code === 'budget' ? [vm.id] : [])));
  return { ...staying, has: (id) => staying.has(id) && !forBudget.has(id) };
}

function countWanting(context: PlanContext, draft: Draft, view: BudgetView, staying: Staying): number {
  const going = new Set(draft.unwanted.map(({ vm }) => vm.id));
  return view.course.fleets.reduce((sum, { fleet }) => {
    const members = context.members.get(fleet.name) ?? [];
    const counted = members.filter(({ id }) => going.has(id) && staying.has(id));
    return sum + counted.filter((member) => isCountedMember(context, view.budget, member, fleet.name)).length;
  }, 0);
}

/** `fleets`: of all accounts, as they are written. */
export function countStaying(
  context: PlanContext,
  draft: Draft,
  views: readonly BudgetView[],
  { gates, fleets }: { readonly gates: Gates; readonly fleets: readonly FleetPolicy[] },
): readonly BudgetView[] {
  const staying = views.length === 0 ? undefined : findStaying(draft, gates);
  if (staying === undefined) return views;
  const { because } = staying;
  const stuck = withStaying(context, staying);
  const wishing = withStaying(context, findSurplus(draft, staying));
  return views.map((view) => {
    const vms = countWanting(context, draft, view, staying);
    if (vms === 0 && because === 'rail') return view;
    const { expected } = readFigures(openAccount(view, joinActing(views)));
    const payers = readPayers(stuck, view.budget, fleets);
    const course = openCourse(stuck, payers, view.period);
    const wishes = openCourse(wishing, readPayers(wishing, view.budget, fleets), view.period);
    const others = joinActing(views.filter((each) => each !== view));
    const wished = view.spent + course.reserved + wishes.totalFilled(others);
    const corrected = { ...view, payers, course, wished, buysNothing: because === 'frozen' };
    return vms === 0 ? corrected : { ...corrected, staying: { vms, because, expected } };
  });
}
