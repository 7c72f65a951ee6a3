// The wish of a fleet over time: windows joined into steps. Steps are kept by the month, so that planners and simulators may
// ask thousands of times; the same question always gets the same answer.
import type { Demand, DemandStep } from '../core/policy-types.js';
import type { Instant } from '../core/types.js';
import type { CompiledWindow } from './windows.js';
import type { Zone } from './zone.js';

export interface ScheduledWindow {
  readonly name: string;
  readonly replicas: number;
  readonly window: CompiledWindow;
}

/** A fleet's schedule, compiled. `windows` in the listed order. */
export interface Schedule {
  readonly zone: Zone;
  readonly replicas: number;
  readonly windows: readonly ScheduledWindow[];
}

/** More months than any plan looks at; a long simulation drops them all now and then. */
const MOST_MONTHS_KEPT = 120;
/** How far back the beginning of the present step is looked for. */
const MONTHS_BACK = 14;

interface Toggle {
  readonly at: Instant;
  readonly index: number;
  readonly opens: boolean;
}

function startOfMonth(month: number): Instant {
  return Date.UTC(Math.floor(month / 12), month % 12, 1);
}

function toMonth(at: Instant): number {
  const date = new Date(at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The step in force when the month begins, and every later one of the month. */
function buildMonth(schedule: Schedule, month: number): readonly DemandStep[] {
  const start = startOfMonth(month);
  const end = startOfMonth(month + 1);
  const isOpen = schedule.windows.map(() => false);
  const toggles: Toggle[] = [];
  for (const [index, { window }] of schedule.windows.entries()) {
    for (const { opensAt, closesAt } of window.listIntervals(start, end)) {
      if (opensAt <= start) isOpen[index] = true;
      else toggles.push({ at: opensAt, index, opens: true });
      if (closesAt < end) toggles.push({ at: closesAt, index, opens: false });
    }
  }
  toggles.sort((left, right) => left.at - right.at);
  const stepAt = (at: Instant): DemandStep => {
    const open = schedule.windows[isOpen.lastIndexOf(true)];
    return { at, wanted: open?.replicas ?? schedule.replicas, window: open?.name };
  };
  const steps = [stepAt(start)];
  for (const [position, toggle] of toggles.entries()) {
    isOpen[toggle.index] = toggle.opens;
    // All that happens at one instant is one step: of back-to-back windows the new one is open.
    if (toggles[position + 1]?.at === toggle.at) continue;
    const step = stepAt(toggle.at);
    if (!isSameWish(steps.at(-1)!, step)) steps.push(step);
  }
  return steps;
}

function isSameWish(left: DemandStep, right: DemandStep): boolean {
  return left.wanted === right.wanted && left.window === right.window;
}

const schedules = new WeakMap<Demand, Schedule>();

/** The schedule behind a fleet's demand, for calendars. */
export function findSchedule(demand: Demand): Schedule | undefined {
  return schedules.get(demand);
}

/** Makes the demand function of a fleet. `to` must be finite. */
export function compileDemand(schedule: Schedule): Demand {
  const months = new Map<number, readonly DemandStep[]>();
  const openMonth = (month: number): readonly DemandStep[] => {
    let steps = months.get(month);
    if (steps === undefined) {
      if (months.size >= MOST_MONTHS_KEPT) months.clear();
      steps = buildMonth(schedule, month);
      months.set(month, steps);
    }
    return steps;
  };
  /** A month's first step may have begun earlier; a year and more ago is as good as always. */
  const findBeginning = (carried: DemandStep, month: number): DemandStep => {
    let beginning = carried;
    for (let earlier = month - 1; earlier >= month - MONTHS_BACK; earlier -= 1) {
      const steps = openMonth(earlier);
      const last = steps.at(-1)!;
      if (!isSameWish(last, carried)) return beginning;
      beginning = last;
      if (steps.length > 1) return beginning;
    }
    return beginning;
  };
  const demand: Demand = (from, to) => {
    if (schedule.windows.length === 0) return [{ at: from, wanted: schedule.replicas, window: undefined }];
    const firstMonth = toMonth(from);
    const ofFirst = openMonth(firstMonth);
    const position = ofFirst.findLastIndex(({ at }) => at <= from);
    const found = [position === 0 ? findBeginning(ofFirst[0]!, firstMonth) : ofFirst[position]!];
    for (let month = firstMonth; month === firstMonth || startOfMonth(month) < to; month += 1) {
      for (const step of openMonth(month)) {
        if (step.at <= from) continue;
        if (step.at >= to) break;
        if (!isSameWish(found.at(-1)!, step)) found.push(step);
      }
    }
    return found;
  };
  schedules.set(demand, schedule);
  return demand;
}
