// The door through which src/cli reaches backtests. It joins nothing.
export type { BacktestReport, DayCost, Gap, Outcome } from '../sim/backtest/report.js';
export { simulate } from '../sim/backtest/simulate.js';
