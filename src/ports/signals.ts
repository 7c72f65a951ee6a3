// The signals port: asks one question about one VM. A probe never throws: what can't be read is `unknown`.
import type { Answer, Instant, Vm } from '../core/types.js';
import type { Signal } from '../core/policy-types.js';

export interface Sample {
  readonly at: Instant;
  readonly answer: Answer;
  /** What was seen, e.g. `/busy = false` or `no answer: timed out after 5s`. */
  readonly text: string;
}

/** What a question may say about the VM that it is asked of. */
export type ProbedVm = Pick<Vm, 'id' | 'name' | 'publicIp'>;

export interface SignalProbe {
  probe(signal: Signal, vm: ProbedVm, abort: AbortSignal): Promise<Sample>;
  close(): Promise<void>;
}
