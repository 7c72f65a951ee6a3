import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropPolicy, findSource } from '../../src/policy/drop-policy.js';
import { listNames } from '../../src/policy/merge-documents.js';

const both = {
  path: 'policies/both.yaml',
  text: '# first\nname: web\nreplicas: 1\n---\n# second\nname: api\nreplicas: 2\n',
};
const office = { path: 'policies/office.yaml', text: 'name: office\n' };
const key = { path: 'ssh-key:policies/ops.pub', text: 'ssh-ed25519 AAAA name: web' };

describe('taking a policy out of documents', () => {
  it('leaves the others of its file, with their remarks, and other files as they are', () => {
    const left = dropPolicy([both, office, key], 'web');
    expect(left.slice(1)).toEqual([office, key]);
    expect(left[0]).toMatchObject({ path: 'policies/both.yaml' });
    expect(left[0]!.text).toContain('# second');
    expect(listNames(left[0]!)).toEqual(['api']);
  });

  it('drops a file with its last policy', () => {
    expect(dropPolicy([office, key], 'office')).toEqual([key]);
  });

  it('changes nothing for a name that no document holds', () => {
    expect(dropPolicy([both, office, key], 'nobody')).toEqual([both, office, key]);
  });

  it('takes exactly the named one, wherever it stands', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, fc.nat(), (all, place) => {
        const gone = all[place % all.length]!;
        const text = all.map((name) => `name: "${name}"\nkind: fleet\n`).join('---\n');
        const left = dropPolicy([{ path: 'policies/all.yaml', text }], gone);
        expect(left.flatMap(listNames)).toEqual(all.filter((name) => name !== gone));
      }),
    );
  });
});

it('finds the document that holds a policy, and no key file', () => {
  expect(findSource([key, office, both], 'api')).toBe(both);
  expect(findSource([key], 'web')).toBeUndefined();
});
