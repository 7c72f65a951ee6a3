import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPackageRoot, readVersion } from '../src/version.js';

describe('the package', () => {
  it('finds its own folder, where its policies and its program are', () => {
    for (const name of ['package.json', 'policies', 'bin/purser.mjs'])
      expect(existsSync(join(findPackageRoot(), name)), name).toBe(true);
  });

  it('says the version of its package.json', () => {
    const { version } = JSON.parse(readFileSync(join(findPackageRoot(), 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(readVersion()).toBe(version);
    expect(readVersion()).toMatch(/^\d+\.\d+\.\d+/);
  });
});
