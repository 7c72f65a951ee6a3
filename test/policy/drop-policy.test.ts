// One policy taken out of the documents in force: the others, their comments and the keys stay as they were.
import { describe, expect, it } from 'vitest';
import { dropPolicy, findSource } from '../../src/policy/drop-policy.js';
import { listNames } from '../../src/policy/merge-documents.js';
import { KEY_DOCUMENT_PREFIX } from '../../src/policy/ssh-key-text.js';

const web = { path: 'policies/web.yaml', text: 'kind: fleet\nname: web\nreplicas: 1\n' };
const both = {
  path: 'policies/both.yaml',
  text: '# all of them\nkind: fleet\nname: api\nreplicas: 2 # by day\n---\nkind: reap\nname: reap-ci\n',
};
const key = { path: `${KEY_DOCUMENT_PREFIX}ops.pub`, text: 'name: web' };
const documents = [web, both, key];

describe('dropping a policy', () => {
  it('takes its file away with its last policy, and nothing else', () => {
    expect(dropPolicy(documents, 'web')).toEqual([both, key]);
  });

  it('leaves the other policies of its file, with their comments', () => {
    const [first, second, third] = dropPolicy(documents, 'reap-ci');
    expect([first, third]).toEqual([web, key]);
    expect(listNames(second!)).toEqual(['api']);
    expect(second!.text).toContain('# all of them');
    expect(second!.text).toContain('replicas: 2 # by day');
  });

  it('takes the first of two, and the second stands alone', () => {
    const [, second] = dropPolicy(documents, 'api');
    expect(listNames(second!)).toEqual(['reap-ci']);
  });

  it('changes nothing for a name that nobody bears', () => {
    expect(dropPolicy(documents, 'ops')).toEqual(documents);
  });
});

describe('the source of a policy', () => {
  it('is the document that holds it, never a key', () => {
    expect(findSource(documents, 'reap-ci')).toBe(both);
    expect(findSource([key], 'web')).toBeUndefined();
  });
});
