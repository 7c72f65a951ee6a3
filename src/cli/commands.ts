// The table of commands: name, one line, and where it is loaded from. Nothing is loaded until it runs, because `purser --help`
// has to be as quick as Node itself.
import type { CommandModule } from './command.js';

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly group: 'policies' | 'running' | 'looking' | 'handles' | 'setting up';
  readonly load: () => Promise<{ readonly command: CommandModule }>;
}

export const commands: readonly CommandRow[] = [
  {
    name: 'init',
    group: 'setting up',
    summary: 'write purser.yaml and a first policy',
    load: () => import('./commands/init.js'),
  },
  {
    name: 'doctor',
    group: 'setting up',
    summary: 'what is wrong with this set-up, and the mend',
    load: () => import('./commands/doctor.js'),
  },
  {
    name: 'demo',
    group: 'setting up',
    summary: 'two virtual days against the sandbox, told as they happen',
    load: () => import('./commands/demo.js'),
  },
  {
    name: 'sandbox',
    group: 'setting up',
    summary: 'a simulated Fluence API, to try policies without paying',
    load: () => import('./commands/sandbox.js'),
  },
  {
    name: 'schema',
    group: 'setting up',
    summary: 'the JSON Schema of policies or their tests, for editors',
    load: () => import('./commands/schema.js'),
  },

  {
    name: 'validate',
    group: 'policies',
    summary: 'check policies; every problem with its place',
    load: () => import('./commands/validate.js'),
  },
  {
    name: 'test',
    group: 'policies',
    summary: 'run policy tests (*.test.yaml) by the planner that acts',
    load: () => import('./commands/test.js'),
  },
  {
    name: 'plan',
    group: 'policies',
    summary: 'what would be done now, and why; changes nothing',
    load: () => import('./commands/plan.js'),
  },
  {
    name: 'simulate',
    group: 'policies',
    summary: 'play policies through a scenario in virtual time, and what others would pay',
    load: () => import('./commands/simulate.js'),
  },
  {
    name: 'apply',
    group: 'policies',
    summary: 'show the plan, ask, and carry it out',
    load: () => import('./commands/apply.js'),
  },
  {
    name: 'calendar',
    group: 'policies',
    summary: 'every coming edge of every schedule',
    load: () => import('./commands/calendar.js'),
  },

  {
    name: 'up',
    group: 'running',
    summary: 'scheduler and worker in one process',
    load: () => import('./commands/up.js'),
  },
  { name: 'scheduler', group: 'running', summary: 'only the scheduler', load: () => import('./commands/scheduler.js') },
  { name: 'worker', group: 'running', summary: 'only a worker', load: () => import('./commands/worker.js') },

  {
    name: 'status',
    group: 'looking',
    summary: 'policies, coming charges, and what needs you',
    load: () => import('./commands/status.js'),
  },
  {
    name: 'explain',
    group: 'looking',
    summary: 'every rule that looked at a VM, and which won',
    load: () => import('./commands/explain.js'),
  },
  {
    name: 'record',
    group: 'looking',
    summary: 'write the snapshot that `plan --record` takes',
    load: () => import('./commands/record.js'),
  },
  { name: 'vms', group: 'looking', summary: 'what the account has', load: () => import('./commands/vms.js') },
  { name: 'offers', group: 'looking', summary: 'what the market offers', load: () => import('./commands/offers.js') },
  { name: 'prices', group: 'looking', summary: 'what everything costs', load: () => import('./commands/prices.js') },
  {
    name: 'balance',
    group: 'looking',
    summary: 'what the account has and owes',
    load: () => import('./commands/balance.js'),
  },
  { name: 'images', group: 'looking', summary: 'the default images', load: () => import('./commands/images.js') },
  { name: 'keys', group: 'looking', summary: 'the SSH keys of the account', load: () => import('./commands/keys.js') },

  {
    name: 'freeze',
    group: 'handles',
    summary: 'nothing is bought or deleted until `thaw`',
    load: () => import('./commands/freeze.js'),
  },
  { name: 'thaw', group: 'handles', summary: 'end a freeze', load: () => import('./commands/thaw.js') },
  {
    name: 'protect',
    group: 'handles',
    summary: 'no rule may delete this VM',
    load: () => import('./commands/protect.js'),
  },
  {
    name: 'unprotect',
    group: 'handles',
    summary: 'end the protection of a VM',
    load: () => import('./commands/unprotect.js'),
  },
  { name: 'adopt', group: 'handles', summary: 'give a VM to a fleet', load: () => import('./commands/adopt.js') },
  {
    name: 'retire',
    group: 'handles',
    summary: "let a policy's VMs go from its books; they run on",
    load: () => import('./commands/retire.js'),
  },
  {
    name: 'approve',
    group: 'handles',
    summary: 'allow the deletions that a rail refused',
    load: () => import('./commands/approve.js'),
  },
];
