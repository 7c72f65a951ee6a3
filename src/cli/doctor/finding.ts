// What `doctor` found about one thing, in words. `problem`: something will not work. `note`: it works, and you should know.

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'problem';
  readonly text: string;
  /** What to do about it. */
  readonly mend: string | undefined;
}

export function tellOk(check: string, text: string): Finding {
  return { check, state: 'ok', text, mend: undefined };
}

export function tellNote(check: string, text: string, mend?: string): Finding {
  return { check, state: 'note', text, mend };
}

export function tellProblem(check: string, text: string, mend: string): Finding {
  return { check, state: 'problem', text, mend };
}
