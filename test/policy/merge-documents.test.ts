import { describe, expect, it } from 'vitest';
import { keepOthers } from '../../src/policy/merge-documents.js';

const at = { paths: ['policies'], baseDir: '/team' };

function policy(path: string, name: string) {
  return { path, text: `kind: fleet\nname: ${name}\n` };
}

function keptPaths(present: Parameters<typeof keepOthers>[0], loaded: Parameters<typeof keepOthers>[1], named = at) {
  return keepOthers(present, loaded, named).map(({ path }) => path);
}

describe('keepOthers', () => {
  it('keeps what is in force from elsewhere', () => {
    expect(keptPaths([policy('extra/a.yaml', 'a')], [policy('policies/b.yaml', 'b')])).toEqual(['extra/a.yaml']);
  });

  it('drops what was removed from the named folder', () => {
    expect(keptPaths([policy('policies/a.yaml', 'a')], [policy('policies/b.yaml', 'b')])).toEqual([]);
  });

  it('drops the named file alone when a file is named', () => {
    const present = [policy('policies/a.yaml', 'a'), policy('policies/b.yaml', 'b')];
    const named = { paths: ['policies/a.yaml'], baseDir: '/team' };
    expect(keptPaths(present, [policy('policies/a.yaml', 'a')], named)).toEqual(['policies/b.yaml']);
  });

  it('does not take a folder for another that begins with its name', () => {
    const present = [policy('policies-old/a.yaml', 'a')];
    expect(keptPaths(present, [policy('policies/b.yaml', 'b')])).toEqual(['policies-old/a.yaml']);
  });

  it('lets a file that was moved give way', () => {
    expect(keptPaths([policy('old/a.yaml', 'a')], [policy('policies/a.yaml', 'a')])).toEqual([]);
  });

  it('keeps the key files of what it keeps', () => {
    const present = [policy('extra/a.yaml', 'a'), { path: 'ssh-key:extra/ops.pub', text: 'ssh-ed25519 AAAA' }];
    const kept = keptPaths(present, [policy('policies/b.yaml', 'b')]);
    expect(kept).toEqual(['extra/a.yaml', 'ssh-key:extra/ops.pub']);
  });

  it('judges all when the working folder itself is named', () => {
    const named = { paths: ['.'], baseDir: '/team' };
    expect(keptPaths([policy('/team/a.yaml', 'a')], [policy('/team/b.yaml', 'b')], named)).toEqual([]);
  });
});
