// The `+` and `-` lines of one policy. Few deletions are named one by one, many of one reason share a line.
import { sumMicros } from '../../core/money.js';
import { nameKind } from '../../core/parts.js';
import type {
  Action,
  DeleteAction,
  DeployAction,
  KeyAction,
  PortsAction,
  RenameAction,
} from '../../core/plan-types.js';
import type { Instant, Millis } from '../../core/types.js';
import { formatEach, formatNear } from './format-instant.js';
import { describeReason, labelOf, listNames, oneLine } from './phrase.js';
import type { PlanLine } from './plan-line.js';

/** So many deletions of one reason are named one by one. */
const MOST_NAMED = 5;

/** now: the plan is due. then: it is a forecast. */
type When = 'now' | 'then';

function describeDeploy(action: DeployAction, when: When): PlanLine {
  return {
    mark: '+',
    head: `deploy ${action.count}`,
    named: false,
    detail: `${action.offer.country} ${action.offer.configuration}`,
    money: { verb: '', amount: action.cost, tail: when },
    beneath: [describeReason(action.reason)],
  };
}

/** `boundary 19:15Z`, `boundaries 19:15Z to 19:40Z`, or nothing when none is known. */
function describeBoundaries(boundaries: readonly (Instant | undefined)[], now: Instant): string {
  const known = boundaries.filter((boundary) => boundary !== undefined).sort((a, b) => a - b);
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined) return '';
  const from = formatNear(first, now, now);
  const to = formatNear(last, first, now);
  return from === to || first === last ? `boundary ${from}` : `boundaries ${from} to ${to}`;
}

function describeRecord(action: DeleteAction): string {
  const text = oneLine(action.reason.text);
  return text.includes('record only') ? text : `record only, ${text}`;
}

/** `ci-build-07`, `public IP ci-ip-3`. */
function describeTarget({ vm, part }: DeleteAction): string {
  return part === undefined ? oneLine(vm.name) : `${nameKind(part)} ${oneLine(vm.name)}`;
}

function describeDeletes(actions: readonly DeleteAction[], now: Instant, periodMillis: Millis, when: When): PlanLine[] {
  const saves = sumMicros(actions.map((action) => action.saves));
  const money = saves > 0n ? { verb: 'avoids' as const, amount: saves, tail: formatEach(periodMillis) } : undefined;
  if (actions.length > MOST_NAMED) {
    const [first] = actions;
    const names = listNames(actions.map((action) => oneLine(action.vm.name)));
    const boundary = describeBoundaries(
      actions.map((action) => action.boundary),
      now,
    );
    const detail = first!.recordOnly ? 'records only' : `due ${when}${boundary === '' ? '' : `, ${boundary}`}`;
    const beneath = first!.recordOnly ? names : `${labelOf(first!.reason.code)}: ${names}`;
    return [{ mark: '-', head: `delete ${actions.length}`, named: false, detail, money, beneath: [beneath] }];
  }
  return actions.map((action) => {
    const boundary = describeBoundaries([action.boundary], now);
    return {
      mark: '-',
      head: `delete ${describeTarget(action)}`,
      named: true,
      detail: action.recordOnly ? describeRecord(action) : `due ${when}${boundary === '' ? '' : `, ${boundary}`}`,
      money: action.saves > 0n ? { verb: 'avoids', amount: action.saves, tail: formatEach(periodMillis) } : undefined,
      beneath: action.recordOnly ? [] : [describeReason(action.reason)],
    };
  });
}

function describeRename(action: RenameAction): PlanLine {
  const names = action.vms.map((vm) => oneLine(vm.to));
  return {
    mark: '~',
    head: `name ${action.vms.length}`,
    named: false,
    detail: listNames(names),
    money: undefined,
    beneath: [describeReason(action.reason)],
  };
}

function describePorts({ vms, reason }: PortsAction): PlanLine {
  const names = vms.map((vm) => oneLine(vm.name));
  const head = `set ports of ${vms.length}`;
  return {
    mark: '~',
    head,
    named: false,
    detail: listNames(names),
    money: undefined,
    beneath: [describeReason(reason)],
  };
}

function describeKey({ change, key, reason }: KeyAction): PlanLine {
  return {
    mark: change === 'add' ? '+' : '-',
    head: `${change} key ${oneLine(key.name)}`,
    named: false,
    detail: key.fingerprint,
    money: undefined,
    beneath: [describeReason(reason)],
  };
}

/** Deploys first, then deletions by reason in the order in which the plan has them, then names, ports and keys. */
export function describeActions(
  actions: readonly Action[],
  now: Instant,
  periodMillis: Millis,
  when: When,
): PlanLine[] {
  const deletes = new Map<string, DeleteAction[]>();
  for (const action of actions) {
    if (action.kind !== 'delete') continue;
    const key = `${action.recordOnly} ${action.reason.code}`;
    const group = deletes.get(key);
    if (group === undefined) deletes.set(key, [action]);
    else group.push(action);
  }
  return [
    ...actions.filter((action) => action.kind === 'deploy').map((action) => describeDeploy(action, when)),
    ...[...deletes.values()].flatMap((group) => describeDeletes(group, now, periodMillis, when)),
    ...actions.filter((action) => action.kind === 'rename').map(describeRename),
    ...actions.filter((action) => action.kind === 'ports').map(describePorts),
    ...actions.filter((action) => action.kind === 'key').map(describeKey),
  ];
}
