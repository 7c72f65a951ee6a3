// Faults on demand: rules that say which calls go wrong and how, and what is wrong with all of them (latency, a rate limit, a
// clock that is off). It decides and counts; the HTTP front carries it out.
import Type, { type Static } from 'typebox';
import type { Millis } from '../core/types.js';
import { durationShape } from './shape-parts.js';

const strict = { additionalProperties: false };

/**
 * answer: this answer and no effect (`afterEffect`: the effect happens all the same). drop: the connection is cut before the
 * effect. lose-answer: cut after the effect. hang: no answer ever. cut-body: half of the answer. partial-list: a listing that
 * lacks some. late-create: a create that takes effect later, by virtual time, whatever was answered. never-active: VMs of this
 * create never become active. pass: nothing but `delayMillis`.
 */
export const effectShape = Type.Object(
  {
    kind: Type.Enum([
      'answer',
      'drop',
      'lose-answer',
      'hang',
      'cut-body',
      'partial-list',
      'late-create',
      'never-active',
      'pass',
    ]),
    /** answer, late-create: default 500 and 504. */
    status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
    /** answer, late-create: a text is sent as HTML, anything else as JSON. */
    body: Type.Optional(Type.Unknown()),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** Seconds, or an HTTP date. */
    retryAfter: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.String()])),
    /** answer, hang: the effect happens first. */
    afterEffect: Type.Optional(Type.Boolean()),
    /** cut-body, partial-list: so much of it is sent; default 0.5. */
    share: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    /** partial-list: these ids or names are lacking, instead of a share. */
    missing: Type.Optional(Type.Array(Type.String())),
    /** cut-body: cut the connection too, rather than end the answer as if it were whole. */
    cutConnection: Type.Optional(Type.Boolean()),
    /** late-create: how much later. */
    after: Type.Optional(durationShape),
    /** late-create: instead of an answer. */
    then: Type.Optional(Type.Enum(['drop', 'hang'])),
  },
  strict,
);

export const ruleShape = Type.Object(
  {
    match: Type.Optional(
      Type.Object(
        {
          method: Type.Optional(Type.Enum(['GET', 'POST', 'PATCH', 'DELETE'])),
          /** Exact, or by prefix with a trailing `*`. */
          path: Type.Optional(Type.String({ pattern: '^/' })),
        },
        strict,
      ),
    ),
    /** The first matching call that it hits, from 1. */
    nth: Type.Optional(Type.Integer({ minimum: 1 })),
    /** How many it hits from there on; default 1, 0: all. */
    count: Type.Optional(Type.Integer({ minimum: 0 })),
    /** Real time, before anything else. */
    delayMillis: Type.Optional(Type.Integer({ minimum: 0 })),
    effect: effectShape,
  },
  strict,
);

export const faultsShape = Type.Object(
  {
    rules: Type.Optional(Type.Array(ruleShape)),
    /** Of every call, real time. */
    latencyMillis: Type.Optional(Type.Integer({ minimum: 0 })),
    /** More calls than this get 429; 0: no limit. */
    ratePerSecond: Type.Optional(Type.Number({ minimum: 0 })),
    /** Added to the Date header. */
    dateSkewMillis: Type.Optional(Type.Integer()),
  },
  strict,
);

export type FaultEffect = Static<typeof effectShape>;
export type FaultRule = Static<typeof ruleShape>;
export type Faults = Static<typeof faultsShape>;

interface KeptRule {
  readonly rule: FaultRule;
  /** Matching calls so far. */
  seen: number;
  /** How many of them it hit. */
  hits: number;
}

export interface FaultBook {
  readonly rules: readonly KeptRule[];
  readonly latencyMillis: Millis;
  readonly ratePerSecond: number;
  readonly dateSkewMillis: Millis;
  /** Rules are added to those that stand; the rest replaces. */
  add(faults: Faults): void;
  clear(): void;
  /** The first rule that hits this call; every rule that matches it counts it. */
  take(method: string, path: string): FaultRule | undefined;
  /** Milliseconds until a call may come again; 0: this one may pass, and is counted. */
  takeTurn(realMillis: Millis): Millis;
}

const CALM = { latencyMillis: 0, ratePerSecond: 0, dateSkewMillis: 0 };

export function createFaultBook(): FaultBook {
  let rules: KeptRule[] = [];
  let general = CALM;
  let bucket: { turns: number; at: Millis } | undefined;
  return {
    get rules() {
      return rules;
    },
    get latencyMillis() {
      return general.latencyMillis;
    },
    get ratePerSecond() {
      return general.ratePerSecond;
    },
    get dateSkewMillis() {
      return general.dateSkewMillis;
    },
    add({ rules: added = [], ...replaced }) {
      rules = [...rules, ...added.map((rule) => ({ rule, seen: 0, hits: 0 }))];
      general = { ...general, ...replaced };
      if (replaced.ratePerSecond !== undefined) bucket = undefined;
    },
    clear() {
      rules = [];
      general = CALM;
      bucket = undefined;
    },
    take(method, path) {
      const hitting = rules.filter((kept) => isMatch(kept.rule, method, path)).filter(countCall);
      const first = hitting[0];
      if (first !== undefined) first.hits += 1;
      return first?.rule;
    },
    takeTurn(realMillis) {
      const rate = general.ratePerSecond;
      if (rate === 0) return 0;
      const most = Math.max(1, rate);
      const turns =
        bucket === undefined ? most : Math.min(most, bucket.turns + ((realMillis - bucket.at) * rate) / 1000);
      bucket = { turns: turns >= 1 ? turns - 1 : turns, at: realMillis };
      return turns >= 1 ? 0 : Math.ceil(((1 - turns) * 1000) / rate);
    },
  };
}

function isMatch({ match = {} }: FaultRule, method: string, path: string): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  if (match.path === undefined) return true;
  return match.path.endsWith('*') ? path.startsWith(match.path.slice(0, -1)) : path === match.path;
}

/** Counts a matching call and says whether the rule hits it. */
function countCall(kept: KeptRule): boolean {
  kept.seen += 1;
  const { nth = 1, count = 1 } = kept.rule;
  return kept.seen >= nth && (count === 0 || kept.seen < nth + count);
}
