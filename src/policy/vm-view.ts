// A VM as CEL sees it: `vm` with the fields of the language, computed only when read. What the API did not tell is unknown:
// reading it ends the evaluation of that part, so it can never make an expression true by accident.
import { formatPort } from '../core/format-port.js';
import { costOver, DAY_MILLIS, HOUR_MILLIS } from '../core/money.js';
import { readWholePrice } from '../core/parts.js';
import type { SelectContext } from '../core/policy-types.js';
import { canonicalId } from '../core/vm-id.js';
import type { Instant, Vm } from '../core/types.js';

/** Thrown by a field that isn't known. One object for all: with a stack each, unknown fields would cost more than CEL. */
export const UNKNOWN_FIELD = new Error('a field of this VM is not known');

/** The fields of `vm` and their CEL types. */
export const vmFields = {
  id: 'string',
  name: 'string',
  status: 'string',
  account: 'string',
  policy: 'string',
  country: 'string',
  city: 'string',
  tier: 'int',
  configuration: 'string',
  vcpu: 'int',
  ramGb: 'int',
  storageGb: 'int',
  pricePerDay: 'double',
  createdAt: 'google.protobuf.Timestamp',
  ageHours: 'double',
  paidUntil: 'google.protobuf.Timestamp',
  ports: 'list<string>',
  publicIp: 'string',
} as const;

const bigints = new Map<number, bigint>();

/** CEL's `int` is a bigint; sizes are few, so they are made once. Sizes that aren't whole count as unknown. */
function toInt(value: number | undefined): bigint | undefined {
  if (value === undefined) return undefined;
  let known = bigints.get(value);
  if (known === undefined && Number.isSafeInteger(value) && bigints.size < 10_000)
    bigints.set(value, (known = BigInt(value)));
  return known;
}

function toDate(at: Instant | undefined): Date | undefined {
  return at === undefined ? undefined : new Date(at);
}

/** One view serves all VMs of an expression: set `vm` and `context`, then evaluate. */
export class VmView {
  vm: Vm | undefined;
  context: SelectContext | undefined;
  /** What an unknown field does: throw (fast), or be absent so that has(vm.x) can ask for it. */
  readonly #absent: boolean;
  constructor(absent: boolean) {
    this.#absent = absent;
  }
  #tell<T>(value: T | undefined): T | undefined {
    if (value === undefined && !this.#absent) throw UNKNOWN_FIELD;
    return value;
  }
  /** In lower case, whatever the listing wrote (`compileExpression` spells the ids of an expression so too). */
  get id() {
    return canonicalId(this.vm!.id);
  }
  get name() {
    return this.vm!.name;
  }
  get status() {
    return this.vm!.status;
  }
  get account() {
    return this.context!.account;
  }
  get policy() {
    return this.context!.policy;
  }
  get country() {
    return this.#tell(this.vm!.place?.country);
  }
  get city() {
    return this.#tell(this.vm!.place?.city);
  }
  get tier() {
    return this.#tell(toInt(this.vm!.place?.tier));
  }
  get configuration() {
    return this.#tell(this.vm!.configuration);
  }
  get vcpu() {
    return this.#tell(toInt(this.vm!.vcpu));
  }
  get ramGb() {
    return this.#tell(toInt(this.vm!.ramGb));
  }
  get storageGb() {
    return this.#tell(toInt(this.vm!.storageGb));
  }
  /** USDC, disks and IP included. */
  get pricePerDay() {
    const price = readWholePrice(this.vm!);
    return this.#tell(price === undefined ? undefined : Number(costOver(price, DAY_MILLIS)) / 1_000_000);
  }
  get createdAt() {
    return this.#tell(toDate(this.vm!.createdAt));
  }
  get ageHours() {
    const created = this.vm!.createdAt;
    return this.#tell(created === undefined ? undefined : (this.context!.now - created) / HOUR_MILLIS);
  }
  get paidUntil() {
    return this.#tell(toDate(this.vm!.paidUntil));
  }
  /** As policies write them: `80/tcp`. */
  get ports() {
    return this.vm!.ports.map(formatPort);
  }
  get publicIp() {
    return this.#tell(this.vm!.publicIp);
  }
}
