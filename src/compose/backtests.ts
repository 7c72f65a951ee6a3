// The door through which src/cli reaches backtests. It joins nothing.
export type {
  BacktestReport,
  BudgetCourse,
  BudgetPaid,
  DayCost,
  FleetPoint,
  FollowerName,
  Gap,
  Outcome,
  PaidPeriod,
  Timeline,
  VmLife,
} from '../sim/backtest/report.js';
export { describeShortage, formatVmMinutes, isConsiderablyShort, listHeld } from '../sim/backtest/describe-shortage.js';
export { simulate } from '../sim/backtest/simulate.js';
