// Asks many VMs, a bounded number at a time. The order of the answers is that of the questions.
import type { Signal } from '../core/policy-types.js';
import type { Sample, SignalProbe } from '../ports/signals.js';
import type { ProbedVm } from './target-url.js';

export interface ProbeQuestion {
  readonly signal: Signal;
  readonly vm: ProbedVm;
}

/** One sample for each question. Once aborted, those not asked yet are answered at once, as `unknown`. Never rejects. */
export async function probeAll(
  probe: SignalProbe,
  questions: readonly ProbeQuestion[],
  options: { readonly parallel: number; readonly abort: AbortSignal },
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  let next = 0;
  async function work(): Promise<void> {
    while (next < questions.length) {
      const index = next;
      next += 1;
      const { signal, vm } = questions[index]!;
      samples[index] = await probe.probe(signal, vm, options.abort);
    }
  }
  const workers = Math.min(Math.max(1, options.parallel), questions.length);
  await Promise.all(Array.from({ length: workers }, work));
  return samples;
}
