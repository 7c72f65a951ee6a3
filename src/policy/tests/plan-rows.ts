// A plan as rows of named values, one list for each that a test can expect something of. Reads a plan; judges nothing.
import type { Action, ComingCharge, Hold, Mark, Plan, Refusal } from '../../core/plan-types.js';
import type { Instant, Micros, Price, Reason } from '../../core/types.js';
import type { ListName } from '../schemas/test-expect.js';
import type { Value } from './field-values.js';

/** One thing that a plan does, holds, refuses or foresees. */
export interface Row {
  readonly list: ListName;
  /** The VM's name; undefined where it is about a policy or the account. */
  readonly vm: string | undefined;
  /** VMs that it stands for; a refused purchase stands for one that is not bought. */
  readonly count: number;
  /** Money that adds up over rows. */
  readonly cost: Micros | undefined;
  readonly fields: Readonly<Record<string, Value | undefined>>;
  /** The plan's own sentence. */
  readonly sentence: string;
}

function text(value: string | undefined): Value | undefined {
  return value === undefined ? undefined : { kind: 'text', text: value };
}

function instant(at: Instant | undefined): Value | undefined {
  return at === undefined ? undefined : { kind: 'instant', at };
}

function money(micros: Micros | undefined): Value | undefined {
  return micros === undefined ? undefined : { kind: 'money', micros };
}

function price(value: Price): Value {
  return { kind: 'price', price: value };
}

function reasonFields(reason: Reason): Row['fields'] {
  return { reason: text(reason.code), says: text(reason.text) };
}

function sentenceOf({ code, text: said }: Reason): string {
  return said.startsWith(code.replaceAll('-', ' ')) ? said : `${code}: ${said}`;
}

function rowOfAction(action: Action): Row {
  const { policy, reason } = action;
  const common = { vm: undefined, cost: undefined, sentence: sentenceOf(reason) };
  const fields = { policy: text(policy), ...reasonFields(reason) };
  switch (action.kind) {
    case 'deploy': {
      const { offer, cap, count, cost } = action;
      const { country, configuration } = offer;
      const what = { country: text(country), configuration: text(configuration), price: price(offer.price) };
      return { ...common, list: 'deploy', count, cost, fields: { ...fields, ...what, cap: price(cap) } };
    }
    case 'delete': {
      const { vm, deadline, boundary, saves, recordOnly } = action;
      const when = { deadline: instant(deadline), boundary: instant(boundary), saves: money(saves) };
      const record: Value = { kind: 'text', text: String(recordOnly) };
      return { ...common, list: 'delete', vm: vm.name, count: 1, fields: { ...fields, ...when, record } };
    }
    case 'key':
      return { ...common, list: 'change', count: 1, fields: { ...fields, kind: text('key') } };
    case 'rename':
    case 'ports':
      return { ...common, list: 'change', count: action.vms.length, fields: { ...fields, kind: text(action.kind) } };
  }
}

function rowOfHold({ policy, vm, reason, until, boundary, charge }: Hold): Row {
  const when = { until: instant(until), boundary: instant(boundary), charge: money(charge) };
  return {
    list: 'hold',
    vm: vm?.name,
    count: 1,
    cost: undefined,
    fields: { policy: text(policy), ...reasonFields(reason), ...when },
    sentence: sentenceOf(reason),
  };
}

function rowOfRefusal({ policy, rail, text: said, targets, purchases = 0 }: Refusal): Row {
  return {
    list: 'refuse',
    vm: undefined,
    count: targets.length + purchases,
    cost: undefined,
    fields: { policy: text(policy), rail: text(rail), says: text(said) },
    sentence: `${rail}: ${said}`,
  };
}

function rowOfMark({ vmId, policy, to, reason }: Mark, names: ReadonlyMap<string, string>): Row {
  return {
    list: to === 'parked' ? 'park' : 'takeBack',
    vm: names.get(vmId) ?? vmId,
    count: 1,
    cost: undefined,
    fields: { policy: text(policy), ...reasonFields(reason) },
    sentence: sentenceOf(reason),
  };
}

function rowOfCharge({ at, vm, policy, cost, fate, avoidableUntil, why, code }: ComingCharge): Row {
  return {
    list: 'charge',
    vm: vm.name,
    count: 1,
    cost: undefined,
    fields: {
      policy: text(policy),
      at: instant(at),
      cost: money(cost),
      fate: text(fate),
      avoidableUntil: instant(avoidableUntil),
      reason: text(code),
      says: text(why),
    },
    sentence: `its coming charge: ${fate} (${why})`,
  };
}

/** `names`: of VMs by their ids, since marks tell ids alone. */
export function listRows(plan: Plan, names: ReadonlyMap<string, string>): readonly Row[] {
  return [
    ...plan.actions.map(rowOfAction),
    ...plan.holds.map(rowOfHold),
    ...plan.refused.map(rowOfRefusal),
    ...plan.marks.map((mark) => rowOfMark(mark, names)),
    ...plan.charges.map(rowOfCharge),
  ];
}
