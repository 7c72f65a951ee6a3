// What `npm test` and `npm run demo` do before their work, tried in a small project with a pretended npm.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let project: string;

function writeText(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
  chmodSync(join(project, path), mode);
}

/** Installs a compiler that copies what it would compile; says what it was asked on stdout, as the real one does. */
const PRETENDED_NPM = `#!/bin/sh
echo "npm $*"
rm -rf node_modules
mkdir -p node_modules/typescript/bin node_modules/vitest
cat > node_modules/typescript/bin/tsc <<'TSC'
const { cpSync, existsSync } = require('node:fs');
if (existsSync('src/broken.ts')) { console.log('src/broken.ts(1,1): error'); process.exit(2); }
cpSync('src/one.ts', 'dist/src/one.js');
TSC
`;

/** A system without a browser, whose package manager fails. */
const PRETENDED_BROWSER = `// Pretended.
export const findBrowser = () => undefined;
export const decideBrowserInstall = () => ({ do: 'run', steps: [['no-such-installer', 'chromium']] });
`;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'purser-ready-'));
  cpSync('scripts', join(project, 'scripts'), { recursive: true });
  writeText('package-lock.json', '{}');
  writeText('tsconfig.build.json', '{}');
  writeText('src/one.ts', 'one');
  writeText('programs/npm', PRETENDED_NPM, 0o755);
  writeText('programs/redis-server', '#!/bin/sh\n', 0o755);
});

afterEach(() => {
  rmSync(project, { recursive: true, force: true });
});

/** Runs it and returns its exit code, stdout, and the lines that are its own. */
function ensureReady(script = 'ensure-ready.mjs', args: readonly string[] = []) {
  const run = spawnSync(process.execPath, [join('scripts', script), ...args], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, PATH: [join(project, 'programs'), process.env['PATH']].join(delimiter) },
  });
  const said = run.stderr.split('\n').filter((line) => /^(purser|npm)/.test(line));
  return { status: run.status, stdout: run.stdout, said };
}

const INSTALL = 'purser: installing packages (npm ci) ...';
const NPM = 'npm ci --include=dev --no-fund --no-audit --loglevel=error';
const BUILD = 'purser: building ...';

describe('ensure-ready', () => {
  it('installs and builds on a fresh machine, with a word for each step on stderr and none on stdout', () => {
    expect(ensureReady()).toEqual({ status: 0, stdout: '', said: [INSTALL, NPM, BUILD] });
    expect(readFileSync(join(project, 'dist/src/one.js'), 'utf8')).toBe('one');
  });

  it('says nothing when nothing is to be done', () => {
    ensureReady();
    expect(ensureReady()).toEqual({ status: 0, stdout: '', said: [] });
  });

  it('builds again when a source changed, appeared or went away', () => {
    ensureReady();
    writeText('src/one.ts', 'another');
    expect(ensureReady().said).toEqual([BUILD]);
    writeText('src/two.ts', 'two');
    expect(ensureReady().said).toEqual([BUILD]);
    rmSync(join(project, 'src/two.ts'));
    expect(ensureReady().said).toEqual([BUILD]);
  });

  it('installs again when the lock file changed', () => {
    ensureReady();
    writeText('package-lock.json', '{"other": 1}');
    expect(ensureReady().said).toEqual([INSTALL, NPM]);
  });

  it('removes from dist what has no source any more', () => {
    ensureReady();
    writeText('dist/src/gone.js', 'gone');
    writeText('src/one.ts', 'another');
    ensureReady();
    expect(() => readFileSync(join(project, 'dist/src/gone.js'))).toThrow(/ENOENT/);
    expect(readFileSync(join(project, 'dist/src/one.js'), 'utf8')).toBe('another');
  });

  it('fails with a sentence when the build fails, and tries again the next time', () => {
    writeText('src/broken.ts', '');
    const { status, said } = ensureReady();
    expect(status).toBe(1);
    expect(said.at(-1)).toBe('purser: the build failed; the lines above say where.');
    expect(ensureReady().said).toEqual([BUILD, 'purser: the build failed; the lines above say where.']);
  });

  it('fails with a sentence when npm fails', () => {
    writeText('programs/npm', '#!/bin/sh\nexit 7\n', 0o755);
    const { status, said } = ensureReady();
    expect(status).toBe(1);
    expect(said.at(-1)).toMatch(/^purser: `npm ci .*` failed: it ended with exit code 7\. Mend what it says above/);
  });
});

describe('--browser', () => {
  it('says nothing where a browser is there', () => {
    writeText('programs/chromium', '#!/bin/sh\n', 0o755);
    ensureReady();
    expect(ensureReady('ensure-ready.mjs', ['--browser'])).toEqual({ status: 0, stdout: '', said: [] });
  });

  it('installs one, and goes on without where that fails: only the tests that need it do', () => {
    writeText('scripts/browser-program.mjs', PRETENDED_BROWSER);
    ensureReady();
    const { status, said } = ensureReady('ensure-ready.mjs', ['--browser']);
    expect(status).toBe(0);
    expect(said[0]).toBe('purser: installing chromium (no-such-installer chromium) ...');
    expect(said[1]).toMatch(
      /`no-such-installer chromium` failed: .* Until then the tests that open a page in a browser fail\.$/,
    );
  });
});

describe('prepare', () => {
  it('does nothing and does not fail where there is no compiler', () => {
    expect(ensureReady('prepare.mjs')).toEqual({ status: 0, stdout: '', said: [] });
  });

  it('leaves an installation that ensure-ready accepts', () => {
    spawnSync(join(project, 'programs/npm'), { cwd: project });
    expect(ensureReady('prepare.mjs').status).toBe(0);
    expect(ensureReady().said).toEqual([]);
  });
});

interface Decision {
  readonly do: string;
  readonly text?: string;
  readonly steps?: readonly (readonly string[])[];
}

type Decide = (facts: { isRoot: boolean; isTerminal: boolean; has: (program: string) => boolean }) => Decision;

describe('a missing Redis', async () => {
  const loaded = (await import(pathToFileURL(resolve('scripts/redis-program.mjs')).href)) as {
    decideRedisInstall: Decide;
  };
  const decide = (programs: readonly string[], isRoot: boolean, isTerminal: boolean): Decision =>
    loaded.decideRedisInstall({ isRoot, isTerminal, has: (program) => programs.includes(program) });

  it('is installed by root without a question, with the package manager that is there', () => {
    expect(decide(['apt-get', 'sudo'], true, false)).toEqual({
      do: 'run',
      steps: [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'],
      ],
    });
    expect(decide(['apk'], true, false).steps).toEqual([['apk', 'add', '--no-cache', 'redis']]);
    expect(decide(['dnf'], true, true)).toMatchObject({ do: 'run' });
  });

  it('is installed for others only after a question, by sudo, with no service started', () => {
    const decision = decide(['apt-get', 'sudo'], false, true);
    expect(decision.do).toBe('ask');
    expect(decision.steps?.every((step) => step[0] === 'sudo' && step.includes('RUNLEVEL=1'))).toBe(true);
    expect(decide(['brew'], false, true)).toEqual({ do: 'ask', steps: [['brew', 'install', 'redis']] });
  });

  it.each([
    ['nobody can answer', ['apt-get', 'sudo'], false, false, 'install it with `sudo apt-get install'],
    ['there is no sudo', ['apt-get'], false, true, 'apt-get install'],
    ['no package manager is known', [], true, true, 'install Redis 6.2 or newer'],
    ['brew would run as root', ['brew'], true, true, 'install Redis 6.2 or newer'],
  ])('is told in one sentence when %s', (_, programs, isRoot, isTerminal, part) => {
    const decision = decide(programs, isRoot, isTerminal);
    expect(decision).toMatchObject({ do: 'tell' });
    expect(decision.text).toContain('no redis-server or valkey-server was found');
    expect(decision.text).toContain(part);
  });
});

describe('a missing browser', async () => {
  const loaded = (await import(pathToFileURL(resolve('scripts/browser-program.mjs')).href)) as {
    decideBrowserInstall: Decide;
  };

  it('is installed by root with a font, without which no page could be measured', () => {
    const decision = loaded.decideBrowserInstall({
      isRoot: true,
      isTerminal: false,
      has: (name) => name === 'apt-get',
    });
    expect(decision).toEqual({
      do: 'run',
      steps: [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
      ],
    });
  });

  it('is told in one sentence where nobody can answer', () => {
    const decision = loaded.decideBrowserInstall({ isRoot: false, isTerminal: false, has: () => true });
    expect(decision).toEqual({
      do: 'tell',
      text: 'no chromium was found; install it with `sudo apt-get install -y --no-install-recommends chromium fonts-dejavu-core`, then run this again.',
    });
  });
});
