// How budgets are told: one block each, whatever their accounts, in `plan`, `status` and JSON; and what needs a person.
import { describe, expect, it } from 'vitest';
import { findNeeds } from '../../../src/cli/render/needs-you.js';
import { budgetsToJson, mergeBudgets, renderBudgets } from '../../../src/cli/render/render-budgets.js';
import { planToJson } from '../../../src/cli/render/plan-to-json.js';
import { renderPlan } from '../../../src/cli/render/render-plan.js';
import type { BudgetSummary, StepSummary } from '../../../src/core/budgets/budget-summary.js';
import { hashStep } from '../../../src/core/budgets/judge-steps.js';
import { DAY, NOON, makeFleet, makeSnapshot, planOf } from '../../core/samples.js';
import { makeBudget, monthAt, step } from '../../core/budgets/budget-samples.js';

const { from, to } = monthAt(NOON);
const FACTS = { now: NOON, width: undefined, colours: false };

const REACHED: StepSummary = {
  ...step(95, 'expected', 'stop-growth'),
  figure: 97_000_000n,
  isHeld: true,
  since: NOON - DAY,
  approve: undefined,
};

function summary(over: Partial<BudgetSummary> = {}): BudgetSummary {
  return {
    budget: 'team',
    mode: 'act',
    limit: 100_000_000n,
    per: 'month',
    timezone: 'UTC',
    from,
    to,
    spent: 40_000_000n,
    countedSince: undefined,
    reserved: 0n,
    forecast: 10_000_000n,
    expected: 50_000_000n,
    wished: 50_000_000n,
    steps: [{ ...REACHED, isHeld: false, since: undefined }],
    hard: false,
    passesAt: undefined,
    held: [],
    notRenewed: 0,
    notBought: 0,
    ...over,
  };
}

function render(over: Partial<BudgetSummary> = {}): string | undefined {
  return renderBudgets([summary(over)], FACTS);
}

describe('a budget in plan and status', () => {
  it('is two lines while nothing happens', () => {
    expect(render()).toBe(
      'Budget team   expected 50.000000 of 100.000000 a month (50.0 %)   until Tue 2026-12-01 00:00Z\n' +
        '  spent 40.000000, still to come 10.000000',
    );
  });

  it('tells what holds, what it holds back, and what will be', () => {
    const text = render({
      reserved: 1_000_000n,
      expected: 99_999_999n,
      wished: 140_000_000n,
      countedSince: NOON - DAY,
      steps: [{ ...REACHED, approve: 'plan-0123456789' }],
      held: [
        { policy: 'web', most: 2, wanted: 4, wantedNow: 4 },
        { policy: 'app', most: 0, wanted: 4, wantedNow: 1 },
        { policy: 'batch', most: 0, wanted: 4, wantedNow: 0 },
      ],
      notRenewed: 1,
      notBought: 2,
      passesAt: NOON + DAY,
    });
    expect(text?.split('\n')).toEqual([
      'Budget team   expected 99.999999 of 100.000000 a month (99.9 %)   until Tue 2026-12-01 00:00Z',
      '  spent 40.000000, reserved 1.000000, still to come 10.000000, with nothing held back 140.000000 (140.0 %), counted since Thu 12:00Z',
      '  ! 95% of expected reached: 97.0 % without this step; stop-growth (nothing beyond what was foreseen then); it holds until purser approve plan-0123456789',
      '  ~ web held to 2 of 4 wanted, app held to 0 of 1 wanted now (up to 4 later), batch will be held to 0 when it wants more (now 0, up to 4), 2 purchases held back, 1 member not renewed',
      '  ! its limit of 100.000000 will be passed about Sat 12:00Z: it is soft, so what is wanted is renewed all the same',
    ]);
  });

  it.each([
    [
      'hard',
      { hard: true, passesAt: NOON + DAY },
      'were all renewed: what would pass it is not renewed, even below floors',
    ],
    [
      'passed already',
      { spent: 101_500_000n, passesAt: NOON - DAY },
      'its limit of 100.000000 is passed by 1.500000 since Thu 12:00Z or before: it is soft',
    ],
    [
      'passed by what was bought just now',
      { spent: 99_000_000n, reserved: 2_000_000n, passesAt: NOON },
      'its limit of 100.000000 is passed as soon as what was bought is charged',
    ],
    ['holding below its percentage', { steps: [{ ...REACHED, figure: 94_000_000n }] }, 'reached before: now 94.0 %'],
    [
      'shrinking nobody',
      { steps: [{ ...REACHED, ...step(100, 'expected', 'shrink'), figure: 150_000_000n }] },
      'shrink (nobody is let go: above floors no charge before Tue 2026-12-01 00:00Z can be spared)',
    ],
    ['only observing', { mode: 'observe' as const, notBought: 1 }, '~ would be: 1 purchase held back'],
  ])('says so where it is %s', (_, over, words) => {
    expect(render(over)).toContain(words);
  });

  it('keeps to the width of a terminal', () => {
    const long = summary({ steps: [REACHED], passesAt: NOON + DAY, wished: 140_000_000n });
    const lines = renderBudgets([long], { ...FACTS, width: 70 })!.split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(70);
  });

  it('stands once for all accounts, with the newest figures and what each holds back', () => {
    const plans = [
      { at: NOON, budgets: [summary({ spent: 1n, notBought: 1 })] },
      { at: NOON + 1, budgets: [summary({ spent: 2n, notBought: 2, notRenewed: 1 }), summary({ budget: 'other' })] },
      { at: NOON },
    ];
    const merged = mergeBudgets(plans).map(({ budget, spent, notBought }) => [budget, spent, notBought]);
    expect(merged).toEqual([
      ['team', 2n, 3],
      ['other', 40_000_000n, 0],
    ]);
    expect(renderBudgets([], FACTS)).toBeUndefined();
  });

  it('is JSON with money as text and instants in UTC', () => {
    expect(budgetsToJson([summary({ steps: [REACHED], passesAt: NOON })])[0]).toMatchObject({
      budget: 'team',
      limit: '100.000000',
      spent: '40.000000',
      expected: '50.000000',
      to: '2026-12-01T00:00:00Z',
      passesAt: '2026-11-20T12:00:00Z',
      steps: [
        {
          at: '95%',
          of: 'expected',
          do: 'stop-growth',
          figure: '97.000000',
          held: true,
          since: '2026-11-19T12:00:00Z',
        },
      ],
    });
  });
});

describe('a plan with a budget that waits for a person', () => {
  const budget = makeBudget({ limit: 10n, steps: [step(90, 'spent', 'stop-buying')], resume: 'approval' });
  const snapshot = makeSnapshot([], {}, { budgets: { team: { spent: 9n } } });
  const plan = planOf(snapshot, { fleets: [makeFleet()], policies: { budgets: [budget] } });
  const id = hashStep(budget, budget.steps[0]!, from);

  it('shows it, and the command that lets it go', () => {
    expect(renderPlan([plan], FACTS)).toContain(`it holds until purser approve ${id}`);
    expect(planToJson([plan]).budgets[0]?.steps[0]).toMatchObject({ held: true, approve: id });
    expect(findNeeds([plan], [], NOON)).toMatchObject([
      {
        code: 'budget',
        policy: 'team',
        text: 'budget team expects 0.000009 of 0.000010 a month: stop-buying holds (90% of spent), 1 purchase held back',
        remedy: `purser approve ${id}`,
      },
    ]);
  });
});
