// `purser validate`: every problem of every policy, each with its place. Needs neither a key nor Redis nor purser.yaml.
import { isError } from '../../policy/problems.js';
import { createSystemClock } from '../../scheduler/system-clock.js';
import type { CommandModule } from '../command.js';
import { judgeFiles } from '../policy-files.js';
import { problemsToJson, renderProblems } from '../render/render-problems.js';

const BAD_INPUT = 2;

export const command: CommandModule = {
  operands: '[path...]',
  example: 'purser validate                      # the folder policies/\npurser validate web.yaml ci/ --json',
  async run(context) {
    const { names, problems } = await judgeFiles(context, createSystemClock().now());
    if (context.json) context.printJson(problemsToJson(names, problems));
    else context.print(renderProblems(names, problems, context.facts));
    return problems.some(isError) ? BAD_INPUT : 0;
  },
};
