// The first purser.yaml: valid, with an installation of its own, and a file of a person is only ever added to.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeInitialConfig } from '../../src/config/initial-config.js';
import { loadConfig } from '../../src/config/load-config.js';

let cwd: string;
let path: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'purser-init-'));
  path = join(cwd, 'purser.yaml');
});

afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

describe('writeInitialConfig', () => {
  it('writes a file that loads, and whose account observes', () => {
    const written = writeInitialConfig(path, 'marketplace');
    expect(written.outcome).toBe('created');
    expect(written.installation).toMatch(/^[0-9a-hjkmnp-tv-z]{2}$/);
    const config = loadConfig({ env: {}, cwd });
    expect(config).toMatchObject({ hasInstallation: true, installation: written.installation });
    expect(config.accounts).toMatchObject([{ name: 'main', mode: 'observe', installation: written.installation }]);
  });

  it('names the product that is asked for', () => {
    writeInitialConfig(path, 'cloud');
    expect(loadConfig({ env: {}, cwd }).accounts).toMatchObject([{ name: 'main', product: 'cloud' }]);
  });

  it('leaves a file that names its installation as it is', () => {
    const text = 'installation: "a1" # ours\n';
    writeFileSync(path, text);
    expect(writeInitialConfig(path, 'marketplace')).toEqual({ installation: 'a1', outcome: 'kept' });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each(['', '# only words', 'tick: 10s\n', '# words\n---\n# more\ntick: 10s # end\n'])(
    'adds one line to %j and keeps every other character',
    (text) => {
      writeFileSync(path, text);
      const { installation, outcome } = writeInitialConfig(path, 'marketplace');
      expect(outcome).toBe('extended');
      const after = readFileSync(path, 'utf8');
      expect(after.replace(`installation: "${installation}"\n`, '').trimEnd()).toBe(text.trimEnd());
      expect(loadConfig({ env: {}, cwd }).installation).toBe(installation);
    },
  );

  it.each(['{tick: 10s}\n', 'tick: [\n', 'installation: 12\n'])('refuses %j with the line to add by hand', (text) => {
    writeFileSync(path, text);
    expect(() => writeInitialConfig(path, 'marketplace')).toThrow(
      /names no installation.*Add `installation: ".."` to it/s,
    );
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('draws pairs that YAML reads as texts, and not the same one each time', () => {
    const pairs = Array.from({ length: 40 }, () => {
      rmSync(path, { force: true });
      return writeInitialConfig(path, 'marketplace').installation;
    });
    expect(pairs.every((pair) => /[a-z]/.test(pair))).toBe(true);
    expect(new Set(pairs).size).toBeGreaterThan(10);
  });
});
