// Prints one answer for each account: with several, each under its account's name; as JSON one list with the name in each entry.
import type { CloudAnswers } from './ask-clouds.js';
import type { CommandContext } from './command.js';

export function printByAccount<T>(
  context: CommandContext,
  { answers, isWhole }: CloudAnswers<T>,
  render: (answer: T) => string,
  toJson: (answer: T) => readonly object[],
): void {
  if (context.json) {
    const list = answers.flatMap(({ account, answer }) =>
      toJson(answer).map((entry) => ({ account: account.name, ...entry })),
    );
    context.printJson(list);
    return;
  }
  const blocks = answers.map(({ account, answer }) => {
    const text = render(answer);
    return answers.length === 1 && isWhole ? text : `${account.name}\n${text}`;
  });
  context.print(blocks.join('\n\n'));
}
