// The schema of signals: questions about a VM, and how their answers are joined.
import { Type } from 'typebox';
import { describeDuration, describeMapping } from './parts.js';

export interface HttpSignalDocument {
  readonly url: string;
  readonly json?: string;
  readonly equals?: unknown;
  readonly timeout?: string;
}

export interface SignalDocument {
  readonly http?: HttpSignalDocument;
  readonly all?: readonly SignalDocument[];
  readonly any?: readonly SignalDocument[];
  readonly not?: SignalDocument;
}

const httpSchema = describeMapping(
  {
    url: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'Asked with GET. May hold {vm.publicIp}, {vm.name} and {vm.id}.',
      expects: 'a URL such as http://{vm.publicIp}:8080/status',
    }),
    json: Type.Optional(
      Type.String({
        pattern: '^(/.*)?$',
        description: 'JSON pointer to the value in the answer. Without it the status alone decides: 2xx is yes.',
        expects: 'a JSON pointer such as /busy',
      }),
    ),
    equals: Type.Optional(Type.Unknown({ description: 'The value at `json` for which the answer is yes.' })),
    timeout: Type.Optional(describeDuration('How long to wait; no answer is unknown, never yes.', '5s')),
  },
  { description: 'An HTTP request to the VM.' },
);

export const signalReference = Type.Unsafe<SignalDocument>({ $ref: '#/$defs/signal' });

export const signalList = Type.Array(signalReference, {
  minItems: 1,
  maxItems: 20,
  expects: 'a list of signals, such as - http: {url: ...}',
});

/** Stands in `$defs` of every schema that refers to it. */
export const signalSchema = describeMapping(
  {
    http: Type.Optional(httpSchema),
    all: Type.Optional({ ...signalList, description: 'Yes when every one of these is yes.' }),
    any: Type.Optional({ ...signalList, description: 'Yes when one of these is yes.' }),
    not: Type.Optional({ ...signalReference, description: 'Yes when this is no.' }),
  },
  { description: 'One question about a VM: exactly one of http, all, any and not.' },
);
