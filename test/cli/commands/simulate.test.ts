// `purser simulate` as a person runs it twice: the same bytes on stdout, times only on stderr and when asked for, and signals
// that end it at once.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../../src/cli/run-command.js';
import { makeFolder } from './fake-context.js';

const NO_WORKERS = { loadWorkers: () => Promise.reject(new Error('this command needs no workers')) };

const FLEETS = {
  marketplace: `configuration: cpu-2-ram-4gb-storage-25gb, price: 0.306980/day, changes: [{at: 2026-11-09T06:00, price: 0.2/day}]`,
  cloud: `configuration: cpu-regular-2vcpu-4gb, price: 0.01279/hour, changes: [{at: 2026-11-09T06:00, price: 0.01/hour}]`,
} as const;

function scenarioOf(product: keyof typeof FLEETS): string {
  const configuration = /configuration: ([^,]+)/.exec(FLEETS[product])![1]!;
  return `kind: scenario
name: two-days
from: 2026-11-09
for: 2d
product: ${product}
launch: { delay: 90s, spread: 60s, failPercent: 5 }
offers: [{country: FR, ${FLEETS[product]}}]
demand: { web: { steps: [{at: 2026-11-09, replicas: 2}, {at: 2026-11-09T10:00, replicas: 6}, {at: 2026-11-09T15:20, replicas: 1}] } }
policies:
  - kind: fleet
    name: web
    replicas: 1
    where: { countries: [FR], configuration: ${configuration}, maxPrice: 2/day }
    vm: { image: ubuntu-24-04-x64, sshKeys: [ops] }
`;
}

let printed: string;
let noted: string;
let listeners: number[];
beforeEach(() => {
  printed = '';
  noted = '';
  listeners = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    listeners.push(process.listenerCount('SIGTERM'), process.listenerCount('SIGINT'));
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((noted += String(text)), true));
  return () => vi.restoreAllMocks();
});

async function simulate(product: keyof typeof FLEETS, ...options: string[]): Promise<string> {
  vi.spyOn(process, 'cwd').mockReturnValue(makeFolder({ 'two-days.yaml': scenarioOf(product) }));
  printed = '';
  noted = '';
  const code = await runCommand('simulate', ['--scenario', 'two-days.yaml', ...options], NO_WORKERS);
  if (code !== 0) throw new Error(`it ended with ${code}: ${noted}`);
  return printed;
}

describe.each(['marketplace', 'cloud'] as const)('The same scenario on the %s', (product) => {
  it.each(['text', 'JSON'])('prints the same bytes again as %s, however long it takes', async (form) => {
    const options = form === 'JSON' ? ['--json'] : [];
    const first = await simulate(product, ...options);
    expect(first).toContain('two-days');
    const ticks = vi.spyOn(process.hrtime, 'bigint');
    const now = vi.spyOn(performance, 'now').mockImplementation(() => 1_000 * now.mock.calls.length);
    ticks.mockImplementation(() => BigInt(ticks.mock.calls.length) * 1_000_000_000n);
    expect(await simulate(product, ...options)).toBe(first);
  });
});

describe('purser simulate', () => {
  it('says on stderr how long it took, if asked', async () => {
    const plain = await simulate('marketplace');
    expect(noted).not.toContain('Played in');
    expect(await simulate('marketplace', '--timing')).toBe(plain);
    expect(noted).toMatch(/^Played in .+, the lower bound reckoned in .+\.$/m);
  });

  it('leaves signals to end it at once, as it never pauses to hear of them', async () => {
    const before = [process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')];
    await simulate('marketplace');
    expect(listeners).toEqual(before);
    listeners = [];
    await runCommand('validate', [], NO_WORKERS);
    expect(listeners.slice(0, 2)).toEqual(before.map((count) => count + 1));
  });

  it('lists what is wrong with a scenario in its answer, and sends nobody elsewhere to read it', async () => {
    const broken = scenarioOf('marketplace').replace('for: 2d', 'for: soon').replace('replicas: 6', 'replicas: many');
    vi.spyOn(process, 'cwd').mockReturnValue(makeFolder({ 'bad.yaml': broken }));
    expect(await runCommand('simulate', ['--scenario', 'bad.yaml', '--json'], NO_WORKERS)).toBe(2);
    const { error } = JSON.parse(printed) as { error: Record<'code' | 'message' | 'remedy', string> };
    expect(error.message).toMatch(/^2 problems:\nbad\.yaml:4:6 .+\nbad\.yaml:8:\d+ .+$/);
    expect(error.remedy).not.toContain('purser validate');
    expect(error.code).toBe('scenario-invalid');
  });
});
