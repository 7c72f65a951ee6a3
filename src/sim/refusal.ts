// What a simulated service says instead of doing what it was asked. Words and a number; HTTP is the front's.

export interface Refusal {
  /** As HTTP numbers it. */
  readonly status: 400 | 402 | 403 | 404 | 406 | 409 | 422;
  readonly error: string;
}

export function isRefusal(answer: object): answer is Refusal {
  return 'error' in answer && 'status' in answer;
}
