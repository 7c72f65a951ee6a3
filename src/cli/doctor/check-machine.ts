// What Purser needs of this machine: Node, data of time zones, a configuration, a folder for its state, a Redis to start.
import { existsSync } from 'node:fs';
import type { Config } from '../../config/load-config.js';
import { findStateDirProblem } from '../../config/state-dir.js';
import { errorTable } from '../../core/errors.js';
import { findZoneName, openZone } from '../../policy/zone.js';
import { findRedisServer } from '../../compose/tools.js';
import { tellNote, tellOk, tellProblem, type Finding } from './finding.js';

/** `engines` of package.json. */
const LEAST_NODE = [20, 18, 1] as const;

export function checkNode(version: string): Finding {
  const parts = version.split('.').map(Number);
  const differing = LEAST_NODE.findIndex((least, index) => parts[index] !== least);
  const isNew = differing === -1 || (parts[differing] ?? 0) > LEAST_NODE[differing]!;
  if (isNew) return tellOk('node', `Node ${version}`);
  return tellProblem('node', `Node ${version} is too old.`, `Install Node ${LEAST_NODE.join('.')} or newer.`);
}

const SUMMER = Date.UTC(2026, 6, 1);
const WINTER = Date.UTC(2026, 0, 1);

/** Some builds of Node come without the data of the world's time zones; a schedule would then be hours off. */
export function checkZones(): Finding {
  const name = 'Europe/Paris';
  const knows =
    findZoneName(name) !== undefined &&
    openZone(name).offsetAt(SUMMER) === 7_200_000 &&
    openZone(name).offsetAt(WINTER) === 3_600_000;
  if (knows) return tellOk('zones', `Time zones as of ${process.versions['tz'] ?? 'this system'}`);
  return tellProblem('zones', 'This Node has no data of time zones.', 'Install a Node with full ICU data.');
}

export function checkConfig(config: Config): readonly Finding[] {
  const accounts = config.accounts.map(({ name, product, url }) => `${name} (${product} at ${url})`).join(', ');
  const file = config.hasFile
    ? tellOk('configuration', `${config.path}: ${accounts}`)
    : tellNote('configuration', `There is no ${config.path}; defaults are used: ${accounts}`, 'purser init');
  const installation = config.hasInstallation
    ? tellOk('installation', `"${config.installation}"`)
    : tellProblem(
        'installation',
        'No installation is named; without its two characters no VM can be told from another.',
        'purser init',
      );
  return [file, installation];
}

export function checkStateDir({ stateDir }: Config): Finding {
  const problem = findStateDirProblem(stateDir);
  if (problem === undefined)
    return tellOk('state directory', existsSync(stateDir) ? stateDir : `${stateDir} (made when it is needed)`);
  return tellProblem(
    'state directory',
    `${stateDir} can't be used: ${problem}. Neither \`freeze\` nor a private Redis would work.`,
    errorTable['state-dir-unfit'].remedy,
  );
}

/** Only where Purser has to start its own. */
export function checkRedisProgram(config: Config): readonly Finding[] {
  if (config.readRedisUrl() !== undefined) return [];
  const program = findRedisServer();
  if (program !== undefined) return [tellOk('redis program', program)];
  return [
    tellProblem(
      'redis program',
      'No Redis is named, and neither redis-server nor valkey-server is on PATH to start one.',
      'Install one (Debian: apt-get install -y redis-server), or set PURSER_REDIS_URL.',
    ),
  ];
}
