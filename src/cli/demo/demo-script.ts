// The demo's script: the world it is played in, and what happens to it at which instant. Facts only; run-demo.ts plays it.
import type { DemoProduct } from '../../compose/demo-scenes.js';
import { HOUR_MILLIS } from '../../core/money.js';
import type { Instant } from '../../core/types.js';

/** Thursday morning, so that a working day, a night, a working day and a weekend's morning are played. */
export const DEMO_START: Instant = Date.parse('2026-11-19T05:30:00Z');
export const DEMO_END: Instant = DEMO_START + 52 * HOUR_MILLIS;
export const DEMO_SEED = 7;
export const DEMO_TICK = '5m';
/** The policies that are played, of those that ship. */
export const DEMO_POLICIES = ['keep-web-in-france.yaml', 'office-hours.yaml', 'reap-idle-ci.yaml', 'build-farm.yaml'];

/** The CI machines that somebody started by hand: one falls idle, one stays busy, one never answers. */
const CI_START = DEMO_START + 31 * HOUR_MILLIS;

export const demoWorld = {
  start: new Date(DEMO_START).toISOString().replace('.000Z', 'Z'),
  balance: '100',
};

/** One thing that is done to the world. */
export type Cue =
  | { readonly at: Instant; readonly kind: 'place-ci' }
  | { readonly at: Instant; readonly kind: 'terminate'; readonly prefix: string }
  | { readonly at: Instant; readonly kind: 'kill-worker' }
  | { readonly at: Instant; readonly kind: 'remove-ci' };

/** In order. `kill-worker` breaks the next create after its instant: the VMs come to be, the answer never arrives. */
export const cues: readonly Cue[] = [
  { at: DEMO_START + HOUR_MILLIS, kind: 'kill-worker' },
  { at: DEMO_START + 9 * HOUR_MILLIS, kind: 'terminate', prefix: 'web-' },
  { at: CI_START, kind: 'place-ci' },
  { at: CI_START + 4 * HOUR_MILLIS, kind: 'remove-ci' },
];

/** By the hour what is paid ends sooner, and is paid again. */
function payFor(marketplace: Instant, cloud: Instant): Readonly<Record<DemoProduct, Instant>> {
  return { marketplace, cloud };
}

export const ciMachines = {
  at: CI_START,
  prefix: 'ci-',
  idle: {
    name: 'ci-build-07',
    createdAt: CI_START - 2 * HOUR_MILLIS,
    idleFrom: CI_START + HOUR_MILLIS / 2,
    paidUntil: payFor(CI_START + 2 * HOUR_MILLIS, CI_START + HOUR_MILLIS / 3),
  },
  busy: {
    name: 'ci-build-09',
    createdAt: CI_START - 2 * HOUR_MILLIS,
    paidUntil: payFor(CI_START + 3 * HOUR_MILLIS, CI_START + HOUR_MILLIS / 2),
  },
  silent: {
    name: 'ci-build-11',
    createdAt: CI_START - 2 * HOUR_MILLIS,
    paidUntil: payFor(CI_START + 3 * HOUR_MILLIS, CI_START + HOUR_MILLIS / 2),
  },
} as const;
