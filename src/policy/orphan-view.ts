// What serves nobody as CEL sees it: `orphan` with the fields of the language. What the API did not tell is unknown, as in a VM.
import { costOver, DAY_MILLIS, HOUR_MILLIS } from '../core/money.js';
import type { Orphan, SelectContext } from '../core/policy-types.js';
import { canonicalId } from '../core/vm-id.js';
import { UNKNOWN_FIELD } from './vm-view.js';

/** The fields of `orphan` and their CEL types. */
export const orphanFields = {
  id: 'string',
  name: 'string',
  kind: 'string',
  account: 'string',
  country: 'string',
  sizeGb: 'int',
  address: 'string',
  pricePerDay: 'double',
  createdAt: 'google.protobuf.Timestamp',
  ageHours: 'double',
  idleHours: 'double',
  paidUntil: 'google.protobuf.Timestamp',
} as const;

export class OrphanView {
  orphan: Orphan | undefined;
  context: SelectContext | undefined;
  /** What an unknown field does: throw, or be absent so that has(orphan.x) can ask for it. */
  readonly #isAbsent: boolean;
  constructor(isAbsent: boolean) {
    this.#isAbsent = isAbsent;
  }
  #tell<T>(value: T | undefined): T | undefined {
    if (value === undefined && !this.#isAbsent) throw UNKNOWN_FIELD;
    return value;
  }
  get id() {
    return canonicalId(this.orphan!.id);
  }
  get name() {
    return this.orphan!.name;
  }
  /** boot-disk, data-disk, public-ip or vm. */
  get kind() {
    return this.orphan!.kind;
  }
  get account() {
    return this.context!.account;
  }
  get country() {
    return this.#tell(this.orphan!.country);
  }
  get sizeGb() {
    const { sizeGb } = this.orphan!;
    return this.#tell(Number.isSafeInteger(sizeGb) ? BigInt(sizeGb!) : undefined);
  }
  get address() {
    return this.#tell(this.orphan!.address);
  }
  /** USDC. */
  get pricePerDay() {
    const { price } = this.orphan!;
    return this.#tell(price === undefined ? undefined : Number(costOver(price, DAY_MILLIS)) / 1_000_000);
  }
  get createdAt() {
    const { createdAt } = this.orphan!;
    return this.#tell(createdAt === undefined ? undefined : new Date(createdAt));
  }
  get ageHours() {
    const { createdAt } = this.orphan!;
    return this.#tell(createdAt === undefined ? undefined : (this.context!.now - createdAt) / HOUR_MILLIS);
  }
  /** Since it was seen to serve nobody. */
  get idleHours() {
    return (this.context!.now - this.orphan!.since) / HOUR_MILLIS;
  }
  get paidUntil() {
    const { paidUntil } = this.orphan!;
    return this.#tell(paidUntil === undefined ? undefined : new Date(paidUntil));
  }
}
