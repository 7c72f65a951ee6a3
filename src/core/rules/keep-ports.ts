// The rule of ports: what a fleet declares is open on its running members. A call replaces a VM's whole list, so the whole is
// always sent: what is open now, what is declared, and 22/tcp, without what the policy closes in words. Closes nothing unasked.
import { formatPort } from '../format-port.js';
import { hashText } from '../hash.js';
import { formatMinute } from '../instant.js';
import { holdVm, noteVerdict, refTo, type Draft, type Member, type PlanContext } from '../plan-context.js';
import type { PortsWish } from '../plan-types.js';
import type { FleetPolicy } from '../policy-types.js';
import { findRetry } from '../retry-after.js';
import { DAY_MILLIS } from '../money.js';
import type { Port } from '../types.js';

const SSH: Port = { port: 22, protocol: 'tcp' };
/** The provider's own agent listens there; it can't be opened. */
const RESERVED_PORT = 10_250;
/** Beside 22/tcp. */
const MOST_PORTS = 50;
/** One intent's VMs: few enough that its worker is done soon, where each of them takes a call. */
const MOST_TARGETS = 20;

function without(ports: readonly Port[], others: readonly Port[]): Port[] {
  const known = new Set(others.map(formatPort));
  return ports.filter((port) => !known.has(formatPort(port)));
}

/** All that is to be open, in order; never the reserved one. */
export function joinPorts(open: readonly Port[], declared: readonly Port[], closed: readonly Port[]): readonly Port[] {
  const all = new Map([SSH, ...open, ...declared].map((port) => [formatPort(port), port]));
  return without([...all.values()], closed)
    .filter(({ port }) => port !== RESERVED_PORT)
    .sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
}

/** An account that doesn't tell ports was set right within the last day: that is looked at no more often. */
function wasSetLately({ books, now }: PlanContext, id: string, whole: readonly Port[]): boolean {
  const wanted = whole.map(formatPort).join();
  return books.intents.some(
    ({ ports, state, closedAt }) =>
      state === 'done' &&
      now - (closedAt ?? 0) < DAY_MILLIS &&
      ports?.targets.some((target) => target.vmId === id && target.ports.map(formatPort).join() === wanted),
  );
}

/** What most members are at most looks, told without making any list: nothing to open, nothing to close. */
function isAsDeclared(open: readonly Port[], declared: readonly Port[], closed: readonly Port[]): boolean {
  const isIn = (ports: readonly Port[], { port, protocol }: Port): boolean =>
    ports.some((other) => other.port === port && other.protocol === protocol);
  const isThere = (port: Port): boolean => port.port === RESERVED_PORT || isIn(open, port) || isIn(closed, port);
  return (
    isThere(SSH) && declared.every(isThere) && !closed.some((port) => port.port !== RESERVED_PORT && isIn(open, port))
  );
}

/** undefined: the member has what it should, as far as can be told. */
function findWish(context: PlanContext, { vm: template }: FleetPolicy, member: Member): PortsWish | undefined {
  const vm = member.vm!;
  const closed = template.closedPorts ?? [];
  if (vm.ports.length > 0 && isAsDeclared(vm.ports, template.ports, closed)) return undefined;
  const whole = joinPorts(vm.ports, template.ports, closed);
  const place = vm.clusterId === undefined ? {} : { clusterId: vm.clusterId };
  // No VM that tells its ports has none: 22/tcp is open from the start.
  if (vm.ports.length === 0) {
    const isUnasked = template.ports.length === 0 && closed.length === 0;
    // The marketplace's oldest form tells none, and what is open there would be closed.
    if (context.settings.product !== 'cloud' || isUnasked || wasSetLately(context, vm.id, whole)) return undefined;
    return { ...refTo(vm), ...place, ports: whole, opens: without(whole, []), closes: closed };
  }
  const present = vm.ports.filter(({ port }) => port !== RESERVED_PORT);
  const opens = without(whole, present);
  const closes = without(present, whole);
  return opens.length === 0 && closes.length === 0
    ? undefined
    : { ...refTo(vm), ...place, ports: whole, opens, closes };
}

/** `open 80/tcp, close 22/tcp`. */
function describeWish({ opens, closes }: Pick<PortsWish, 'opens' | 'closes'>): string {
  const parts = [
    ...(opens.length === 0 ? [] : [`open ${opens.map(formatPort).join(', ')}`]),
    ...(closes.length === 0 ? [] : [`close ${closes.map(formatPort).join(', ')}`]),
  ];
  return parts.join('; ');
}

/** Only members that are wanted and up; a call that the API would refuse at present is left for later. */
function isTended(context: PlanContext, { id, vm, claim, row }: Member): boolean {
  return (
    vm?.status === 'active' &&
    claim?.state === 'member' &&
    row.standing !== 'doomed' &&
    !context.busyTargets.has(id) &&
    (vm.allowedActions === undefined || vm.allowedActions.includes('set-ports'))
  );
}

function listWishes(context: PlanContext, draft: Draft, fleet: FleetPolicy): readonly PortsWish[] {
  const renamed = new Set(
    draft.actions.flatMap((action) => (action.kind === 'rename' ? action.vms.map(({ id }) => id) : [])),
  );
  const wishes: PortsWish[] = [];
  for (const member of context.members.get(fleet.name) ?? []) {
    if (!isTended(context, member) || renamed.has(member.id)) continue;
    const wish = findWish(context, fleet, member);
    if (wish === undefined) continue;
    noteVerdict(context, draft, member.id, {
      rule: 'keep-ports',
      policy: fleet.name,
      says: 'pass',
      text: `its ports differ from the policy's: ${describeWish(wish)}`,
    });
    if (wish.ports.length > MOST_PORTS + 1) {
      const text = `${wish.ports.length} ports would be open with what is open already, and ${MOST_PORTS} beside 22/tcp are the most: \`vm.closedPorts\` closes some`;
      holdVm(context, draft, fleet.name, refTo(member), { code: 'ports-too-many', text });
      continue;
    }
    const tried = context.books.intents.filter(({ ports }) => ports?.targets.some(({ vmId }) => vmId === member.id));
    const retry = findRetry(tried, context.now);
    if (retry === undefined) {
      wishes.push(wish);
      continue;
    }
    draft.wakeAt.push(retry.until);
    const text = `its ports could not be set (${retry.text}); tried again ${formatMinute(retry.until)}`;
    holdVm(context, draft, fleet.name, refTo(member), { code: 'backing-off', text }, { until: retry.until });
  }
  return wishes;
}

export function keepPorts(context: PlanContext, draft: Draft, fleet: FleetPolicy): void {
  const wishes = listWishes(context, draft, fleet);
  for (let start = 0; start < wishes.length; start += MOST_TARGETS) {
    const vms = wishes.slice(start, start + MOST_TARGETS);
    const id = `ports-${hashText(vms.map((vm) => vm.id + vm.ports.map(formatPort).join()).join()).slice(0, 8)}`;
    const words = new Set(vms.map(describeWish));
    const text = words.size === 1 ? [...words][0]! : 'the ports of some members differ from what the policy declares';
    draft.actions.push({
      id,
      kind: 'ports',
      account: context.settings.name,
      policy: fleet.name,
      vms,
      reason: { code: 'ports-differ', text },
    });
  }
}
