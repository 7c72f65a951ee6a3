// Policies for tests: a right fleet and a right reap, to be changed in one place each.
import { checkPolicies } from '../../src/policy/check-policies.js';
import type { CheckOptions, CheckResult } from '../../src/policy/check-policies.js';

export const NOW = Date.parse('2026-11-20T12:00:00Z');

export const OPTIONS: CheckOptions = {
  accounts: ['main'],
  defaultAccount: 'main',
  installation: 'a1',
  protect: [],
  now: NOW,
};

/** A fleet; every part may be replaced by other lines, or left out with an empty text. */
export function writeFleet(
  parts: Partial<Record<'head' | 'name' | 'replicas' | 'schedule' | 'where' | 'vm' | 'more', string>> = {},
): string {
  return [
    parts.head ?? 'kind: fleet',
    parts.name ?? 'name: web',
    parts.replicas ?? 'replicas: 4',
    parts.schedule ?? '',
    parts.where ?? 'where: {countries: [FR], minimum: {vcpu: 2}, maxPrice: 0.80/day}',
    parts.vm ?? 'vm: {image: ubuntu-24-04-x64, sshKeys: [ops]}',
    parts.more ?? '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** A fleet with one schedule. `windows` are lines of flow mappings. */
export function writeScheduled(timezone: string, windows: readonly string[]): string {
  const lines = windows.map((window) => `    - ${window}`).join('\n');
  return writeFleet({ schedule: `schedule:\n  timezone: ${timezone}\n  windows:\n${lines}` });
}

export function writeReap(parts: Partial<Record<'head' | 'name' | 'select' | 'idle' | 'more', string>> = {}): string {
  return [
    parts.head ?? 'kind: reap',
    parts.name ?? 'name: reap-ci',
    parts.select ?? 'select: vm.name.startsWith("ci-")',
    parts.idle ?? 'idle: {all: [{http: {url: "http://{vm.publicIp}/status", json: /busy, equals: false}}]}',
    parts.more ?? '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

export function writeBudget(
  parts: Partial<Record<'name' | 'scope' | 'limit' | 'zone' | 'steps' | 'more', string>> = {},
): string {
  return [
    'kind: budget',
    parts.name ?? 'name: team',
    parts.scope ?? '',
    parts.limit ?? 'limit: 175/month',
    parts.zone ?? 'timezone: Europe/Paris',
    parts.steps ?? '',
    parts.more ?? '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

export function checkText(text: string, options: Partial<CheckOptions> = {}): CheckResult {
  return checkPolicies([{ path: 'p.yaml', text }], { ...OPTIONS, ...options });
}
