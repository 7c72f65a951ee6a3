// A warning for the log that would be the same at each try of each job: each process says it once.
import type { Engine } from '../src/scheduler/engine.js';

const told = new WeakMap<Engine['log'], Set<string>>();

/** `about`: what tells it from other warnings. */
export function warnOnce({ log }: Pick<Engine, 'log'>, about: string, fields: object, text: string): void {
  const known = told.get(log) ?? new Set<string>();
  told.set(log, known);
  if (known.has(about)) return;
  known.add(about);
  log.warn(fields, text);
}
