// `purser test`: policy tests, run by the planner that acts. Needs neither a key nor Redis nor purser.yaml, and asks no network.
import { PurserError } from '../../core/errors.js';
import { loadTests } from '../../policy/tests/load-tests.js';
import { runPolicyTest } from '../../policy/tests/run-test.js';
import type { CommandModule } from '../command.js';
import { renderTests, testsToJson } from '../render/render-tests.js';

const DEFAULT_PATHS = ['policies'];
const FAILED = 1;
const BAD_INPUT = 2;

export const command: CommandModule = {
  operands: '[path...]',
  options: [['--filter <text>', 'only tests whose name holds this text, in whatever case']],
  example:
    'purser test                                # every *.test.yaml of policies/\npurser test policies/web.test.yaml --filter holiday',
  async run(context) {
    const paths = context.operands.length === 0 ? DEFAULT_PATHS : context.operands;
    const { filter } = context.options;
    const { tests, problems } = await loadTests(paths, { baseDir: context.cwd });
    const text = typeof filter === 'string' ? filter.toLowerCase() : '';
    const chosen = tests.filter(({ name }) => name.toLowerCase().includes(text));
    if (chosen.length === 0 && problems.length === 0)
      throw new PurserError('option-invalid', `No name of a test holds "${String(filter)}".`);
    const results = chosen.map(runPolicyTest);
    if (context.json) context.printJson(testsToJson(results, problems));
    else context.print(renderTests(results, problems, context.facts));
    if (problems.length > 0) return BAD_INPUT;
    return results.some(({ differences }) => differences.length > 0) ? FAILED : 0;
  },
};
