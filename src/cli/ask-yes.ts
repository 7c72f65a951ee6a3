// Asks a person a question that is answered with yes or no. Only for terminals; the default is no.
import { createInterface } from 'node:readline/promises';

export async function askYes(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
