// The parts of a policy test that are about budgets: what was charged and which steps hold already, and what the plan says of them.
import { Type } from 'typebox';
import { describeMapping } from './parts.js';
import { describeByPolicy, describeCount, describeMoney } from './test-parts.js';

/** From the mildest to the strictest, as they are told. */
export const stepActions = ['notify', 'stop-growth', 'stop-buying', 'shrink'] as const;
type StepWord = (typeof stepActions)[number];

const STEPS_EXPECT = `a list of ${stepActions.join(', ')}`;

function describeSteps(description: string) {
  return Type.Array(Type.Unsafe<StepWord>({ enum: stepActions, expects: stepActions.join(', ') }), {
    minItems: 1,
    uniqueItems: true,
    description,
    expects: STEPS_EXPECT,
  });
}

function describeByFleet(description: string) {
  return describeByPolicy<number>(
    describeCount('Of one fleet.'),
    description,
    'numbers by fleet, such as {office: 10}',
  );
}

export interface HeldDocument {
  readonly steps: readonly StepWord[];
  readonly had?: Readonly<Record<string, number>>;
  readonly shrunk?: Readonly<Record<string, number>>;
}

export const givenSpent = describeByPolicy<string | number>(
  describeMoney('Of one budget.'),
  'What was charged up to now in the present period of each budget, all of the given VMs included. Default: nothing.',
  'money by budget, such as {team: 150.00}',
);

export const givenHeld = describeByPolicy<HeldDocument>(
  describeMapping(
    {
      steps: describeSteps('Which.'),
      had: describeByFleet('Of stop-growth: what each fleet had when it began. Default: what it has now.'),
      shrunk: describeByFleet('Of shrink: the most that each fleet was let have. Default: no fleet is shrunk yet.'),
    },
    { expects: 'a mapping such as {steps: [stop-growth], had: {office: 2}}' },
  ),
  'Steps of budgets that hold since the last hour. Default: none.',
  'a mapping by budget, such as {team: {steps: [stop-growth], had: {office: 2}}}',
);

export interface BudgetExpectation {
  readonly spent?: string | number;
  readonly reserved?: string | number;
  readonly forecast?: string | number;
  readonly expected?: string | number;
  readonly wished?: string | number;
  readonly steps?: 'none' | readonly StepWord[];
  readonly held?: Readonly<Record<string, number>>;
  readonly notRenewed?: number;
  readonly notBought?: number;
}

export const expectedBudgets = describeByPolicy<BudgetExpectation>(
  describeMapping(
    {
      spent: Type.Optional(describeMoney('What was charged in this period.')),
      reserved: Type.Optional(
        describeMoney('For purchases whose charge was not seen yet, those of this plan included.'),
      ),
      forecast: Type.Optional(describeMoney("What is still to come until the period's end.")),
      expected: Type.Optional(describeMoney('spent + reserved + forecast.')),
      wished: Type.Optional(describeMoney('What would be expected if no step held anything back.')),
      steps: Type.Optional(
        Type.Unsafe<'none' | readonly StepWord[]>({
          type: ['string', 'array'],
          items: { enum: stepActions, expects: stepActions.join(', ') },
          pattern: '^none$',
          uniqueItems: true,
          description: 'All steps that hold, in any order; or none.',
          expects: `${STEPS_EXPECT}, or none`,
        }),
      ),
      held: describeByFleet('The most that a fleet may have.'),
      notRenewed: Type.Optional(describeCount('VMs that `hard` lets go at their boundary.')),
      notBought: Type.Optional(describeCount('Purchases that it holds back.')),
    },
    { minProperties: 1 },
  ),
  'What the plan says of each budget.',
  'a mapping by budget, such as {team: {expected: 172.50, steps: [notify]}}',
);
