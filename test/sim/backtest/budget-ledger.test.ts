import { describe, expect, it } from 'vitest';
import type { BudgetPolicy } from '../../../src/core/budgets/budget-policy.js';
import { BudgetLedger } from '../../../src/sim/backtest/budget-ledger.js';
import { playPurser } from '../../../src/sim/backtest/simulate.js';
import { describeBudgetCourse, budgetCoursesToJson } from '../../../src/cli/render/budget-courses.js';
import { dayAt, makeBudget, step } from '../../core/budgets/budget-samples.js';
import { DAY, HOUR, makeWhere } from '../../core/samples.js';
import { DELAYS, makeScenario, MONDAY, settle, stepsOf, wantSteps } from './sample-scenario.js';

const PRICE = 306_980n;
const PERIOD = { from: MONDAY - DAY, to: MONDAY + 4 * DAY };
const CHEAP = { where: makeWhere({ countries: [], maxPrice: { amount: 310_000n, periodMillis: DAY } }) };
/** One at first, three from the second noon on. */
const GROWING = makeScenario({ ...DELAYS, to: MONDAY + 4 * DAY, demands: wantSteps(stepsOf([0, 1], [36, 3]), false) });

function play(budget: BudgetPolicy, scenario = GROWING) {
  const { stage, outcome } = playPurser(settle(scenario, CHEAP, { budgets: [budget] }));
  return { course: stage.budgets.read()[0]!, outcome };
}

describe('A budget in a backtest that never holds anything back', () => {
  const notify = step(80, 'expected', 'notify');
  const { course, outcome } = play(
    makeBudget({ limit: 11n * PRICE, steps: [notify, step(100, 'spent', 'stop-buying')], periodAt: () => PERIOD }),
  );

  it('is told with what was paid, to the micro, and when a step was reached', () => {
    expect(outcome.total).toBe(10n * PRICE);
    expect(course.periods).toEqual([
      { ...PERIOD, name: '2026-11', spent: 10n * PRICE, seenAt: undefined, isWhole: false },
    ]);
    expect(course.steps).toMatchObject([
      { ...notify, times: 1, from: MONDAY + 36 * HOUR + 1_000, until: undefined },
      { do: 'stop-buying', times: 0, from: undefined },
    ]);
  });

  it('is one sentence, and figures for programs', () => {
    expect(describeBudgetCourse(course)).toBe(
      'Budget team: 3.069800 of 3.376780 a month (90.9 %) in 2026-11 (as much of it as the span holds); ' +
        '80% of expected (notify) from Tue 2026-11-03 12:00Z; 100% of spent (stop-buying) never',
    );
    expect(budgetCoursesToJson([course])).toMatchObject([
      {
        ...{ budget: 'team', limit: '3.376780', per: 'month' },
        most: { period: '2026-11', spent: '3.069800', percent: 90.9 },
        steps: [
          { at: '80%', of: 'expected', do: 'notify', times: 1, from: '2026-11-03T12:00:01Z' },
          { at: '100%', times: 0 },
        ],
      },
    ]);
  });
});

describe('Each period of a budget', () => {
  it('ends with all that was charged in it, however long before its end it was looked at last', () => {
    const { course, outcome } = play(makeBudget({ limit: 4n * PRICE, per: 'day', periodAt: dayAt }));
    expect(course.periods.map(({ name, spent, isWhole }) => [name, spent, isWhole])).toEqual([
      ['2026-11-02', PRICE, true],
      ['2026-11-03', 3n * PRICE, true],
      ['2026-11-04', 3n * PRICE, true],
      ['2026-11-05', 3n * PRICE, true],
    ]);
    expect(course.periods.reduce((sum, { spent }) => sum + spent, 0n)).toBe(outcome.total);
    expect(describeBudgetCourse(course)).toBe(
      'Budget team: 0.920940 of 1.227920 a day (75.0 %) in 2026-11-03, the most of 4 days',
    );
  });

  it('of a select is what the last look knew, and says so', () => {
    const { course } = play(makeBudget({ scope: { select: () => true, selectText: 'true' }, periodAt: () => PERIOD }));
    const [{ spent, seenAt }] = course.periods as [(typeof course.periods)[number]];
    expect(spent).toBe(10n * PRICE);
    expect(seenAt).toBeGreaterThan(MONDAY + 3 * DAY);
    expect(describeBudgetCourse(course)).toMatch(/, by the last look at \w+ 2026-11-05 \d\d:\d\dZ$/);
  });
});

describe('What a budget counts', () => {
  const charged = (budget: BudgetPolicy) => {
    const ledger = new BudgetLedger({ budgets: [budget], fleets: [] }, GROWING);
    ledger.charge({ at: MONDAY, amount: 5n }, 'web');
    ledger.charge({ at: MONDAY, amount: 7n }, 'other');
    return ledger.read().map(({ periods }) => periods.map(({ spent }) => spent));
  };

  it('are charges of its own fleets where it names some, and nothing while it is paused', () => {
    expect(charged(makeBudget())).toEqual([[12n]]);
    expect(charged(makeBudget({ scope: { policies: ['web'] } }))).toEqual([[5n]]);
    expect(charged(makeBudget({ mode: 'pause' }))).toEqual([]);
  });
});

describe('A step that is reached more than once', () => {
  it('is told with how often, the first time, and whether it holds at the end', () => {
    const budget = makeBudget({ limit: 2n * PRICE, per: 'day', steps: [step(50, 'spent', 'notify')], periodAt: dayAt });
    const { course } = play(
      budget,
      makeScenario({ to: MONDAY + 3 * DAY, demands: wantSteps(stepsOf([0, 1], [30, 0])) }),
    );
    // Wanted for thirty hours: charged on two of three days.
    expect(course.steps).toMatchObject([{ times: 2, from: MONDAY + 1, until: MONDAY + 2 * DAY }]);
    expect(describeBudgetCourse(course)).toContain(
      '50% of spent (notify) 2 times, first Mon 2026-11-02 00:00Z, the last time until Wed 2026-11-04 00:00Z',
    );
  });
});
