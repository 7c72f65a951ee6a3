// The one table of error codes: exit code, HTTP status, remedy. docs/errors.md lists the same, and a test compares them.
// Messages say what, where and what to do; this file holds no messages.

export interface ErrorRow {
  /** 1 failed, 2 bad input, 4 refused by a rail (see docs/cli). */
  readonly exitCode: 1 | 2 | 4;
  readonly httpStatus: number;
  readonly remedy: string;
}

export const errorTable = {
  'option-invalid': { exitCode: 2, httpStatus: 400, remedy: 'Give the option a value of the form that --help shows.' },
  'config-invalid': { exitCode: 2, httpStatus: 400, remedy: 'Mend purser.yaml where the message points.' },
  'account-unknown': { exitCode: 2, httpStatus: 404, remedy: 'Name an account that purser.yaml lists.' },
  'policy-invalid': { exitCode: 2, httpStatus: 422, remedy: 'Run `purser validate` and mend the places it lists.' },
  'policy-unreadable': {
    exitCode: 2,
    httpStatus: 422,
    remedy: 'Check that the path exists and can be read; the last good generation stays in force.',
  },
  'policy-unknown': { exitCode: 2, httpStatus: 404, remedy: 'Name a policy that `purser status` lists.' },
  'snapshot-invalid': { exitCode: 2, httpStatus: 422, remedy: 'Write the snapshot again with `purser record`.' },
  'scenario-invalid': {
    exitCode: 2,
    httpStatus: 422,
    remedy: 'Mend the places that the message lists, in the scenario or in its policies.',
  },
  'world-invalid': { exitCode: 2, httpStatus: 422, remedy: 'Mend the sandbox world file where the message points.' },
  'vm-unknown': { exitCode: 2, httpStatus: 404, remedy: 'Name a VM by the id or the name that `purser vms` lists.' },
  'vm-taken': {
    exitCode: 1,
    httpStatus: 409,
    remedy: 'A VM has one owner: `purser retire` its policy first, or adopt another.',
  },
  'confirmation-needed': { exitCode: 2, httpStatus: 400, remedy: 'Run it in a terminal, or add --yes.' },
  'approval-unknown': {
    exitCode: 2,
    httpStatus: 404,
    remedy: 'Take the id from "Refused by a rail" in the newest `purser plan`.',
  },
  'rail-refused': {
    exitCode: 4,
    httpStatus: 403,
    remedy: 'Look at the plan; if it is what you want, `purser approve` it.',
  },
  frozen: { exitCode: 1, httpStatus: 423, remedy: '`purser thaw` when it may go on.' },
  'generation-changed': {
    exitCode: 1,
    httpStatus: 409,
    remedy: 'Somebody applied other policies meanwhile: plan again.',
  },
  'lease-lost': { exitCode: 1, httpStatus: 409, remedy: 'Another process took over; nothing is lost, run it again.' },
  'state-dir-held': {
    exitCode: 1,
    httpStatus: 409,
    remedy: 'Stop the process that the message names, or give this one another --state-dir.',
  },
  'state-dir-unfit': {
    exitCode: 1,
    httpStatus: 503,
    remedy: 'Give this user the right to write there, or set --state-dir to another folder.',
  },
  'redis-missing': {
    exitCode: 1,
    httpStatus: 503,
    remedy: 'Install redis-server (Debian: apt-get install redis-server), or set PURSER_REDIS_URL.',
  },
  'redis-unreachable': {
    exitCode: 1,
    httpStatus: 503,
    remedy: 'Start the Redis that PURSER_REDIS_URL names; workers go on by themselves when it is back.',
  },
  'redis-unfit': { exitCode: 1, httpStatus: 503, remedy: 'Set maxmemory-policy noeviction and appendonly yes.' },
  'api-key-missing': {
    exitCode: 2,
    httpStatus: 401,
    remedy: 'Set FLUENCE_API_KEY or FLUENCE_API_KEY_FILE, or keyEnv/keyFile of the account in purser.yaml.',
  },
  'secret-missing': {
    exitCode: 1,
    httpStatus: 503,
    remedy: 'Give the worker the variable or the file that `vm.cloudInit.secrets` names.',
  },
  'api-key-refused': {
    exitCode: 1,
    httpStatus: 403,
    remedy:
      "Make a key in the Fluence console and put it where this account's key is read: FLUENCE_API_KEY, FLUENCE_API_KEY_FILE, or its keyEnv or keyFile.",
  },
  'api-unreachable': {
    exitCode: 1,
    httpStatus: 502,
    remedy:
      "Check the account's address (FLUENCE_API_URL, or `url` in purser.yaml) and the network; nothing was changed. `purser doctor` looks closer.",
  },
  'api-timeout': {
    exitCode: 1,
    httpStatus: 504,
    remedy: 'The API is slow; Purser goes on by itself. `purser status` shows since when.',
  },
  'api-bad-request': {
    exitCode: 1,
    httpStatus: 502,
    remedy: 'The API refused the request; its own text is in the message. Change the policy it names.',
  },
  'api-not-found': { exitCode: 1, httpStatus: 502, remedy: 'The API does not know it; look with `purser vms`.' },
  'api-conflict': { exitCode: 1, httpStatus: 502, remedy: 'Look at the state with `purser vms`, then try again.' },
  'api-no-offer': {
    exitCode: 1,
    httpStatus: 502,
    remedy: 'Raise maxPrice, add countries, or wait: `purser offers` shows the market.',
  },
  'api-no-balance': { exitCode: 1, httpStatus: 402, remedy: 'Top up the account in the Fluence console.' },
  'api-rate-limited': { exitCode: 1, httpStatus: 429, remedy: "Lower the account's `rate` in purser.yaml." },
  'api-unavailable': {
    exitCode: 1,
    httpStatus: 503,
    remedy: 'The service has a problem; Purser goes on when it is back.',
  },
  'api-unreadable': {
    exitCode: 1,
    httpStatus: 502,
    remedy: 'The answer was not what the API documents; try again, then look at `purser doctor`.',
  },
  internal: {
    exitCode: 1,
    httpStatus: 500,
    remedy: 'This is a fault of Purser: run it again with --debug and report the output.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** Every error that a person may see. `message` says what, where, and what to do. */
export class PurserError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;
  /** The message says already what to do, closer to the case than the code's remedy could: that is not told beside it. */
  readonly saysRemedy: boolean;
  constructor(
    code: ErrorCode,
    message: string,
    more: { details?: Record<string, unknown> | undefined; cause?: unknown; saysRemedy?: boolean } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'PurserError';
    this.code = code;
    this.details = more.details;
    // Bad input is answered where it stands: its messages name the place and what would be right.
    this.saysRemedy = more.saysRemedy ?? errorTable[code].exitCode === 2;
  }
}
