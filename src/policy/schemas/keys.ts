// The schema of `kind: keys`: the SSH keys that an account is to have.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { account, apiVersion, describeChoice, describeMapping, describeName, description } from './parts.js';

export const keysSchema = describeMapping(
  {
    apiVersion,
    kind: Type.Literal('keys', { description: "Keep the account's SSH keys as declared." }),
    name: describeName('The name of this policy.'),
    description,
    mode: Type.Optional(
      describeChoice(
        ['act', 'observe', 'pause'],
        'act adds and removes, observe plans and tells, pause does neither.',
        'act',
      ),
    ),
    account,
    keys: Type.Array(
      describeMapping(
        {
          name: Type.String({
            pattern: '^[A-Za-z0-9][A-Za-z0-9._@ -]{0,62}$',
            description: 'What the key is called in the account; `vm.sshKeys` of a fleet may name it so.',
            expects: 'a name of letters, digits and ._@-, at most 63 long',
          }),
          key: Type.String({
            minLength: 1,
            maxLength: 20000,
            description: 'The public key, or a file that holds it.',
            expects: 'a public key such as ssh-ed25519 AAAA..., or a file that ends in .pub',
          }),
        },
        { expects: 'a mapping such as {name: ops, key: ops.pub}' },
      ),
      {
        minItems: 1,
        maxItems: 200,
        description: 'The keys, by fingerprint: a comment makes no other key.',
        expects: 'a list such as [{name: ops, key: ops.pub}]',
      },
    ),
    exclusive: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'true: keys that no policy declares are removed, whoever added them. false: only those that this policy added itself.',
        expects: 'true or false',
      }),
    ),
  },
  { title: 'a keys policy' },
);

export type KeysDocument = Static<typeof keysSchema>;
