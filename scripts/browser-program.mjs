// Finds the browser in which tests open pages and says how this system would install one. Only tests need it.
import { decideInstall, findProgram } from './system-program.mjs';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'Chromium'];
const MORE_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/Applications/Chromium.app/Contents/MacOS'];

/** In the order of being tried. A page without any font can't be measured, and a small system may have none. */
const INSTALLERS = [
  {
    program: 'apt-get',
    steps: [
      ['apt-get', 'update'],
      ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
    ],
    needsRoot: true,
  },
  { program: 'apk', steps: [['apk', 'add', '--no-cache', 'chromium', 'font-dejavu']], needsRoot: true },
  { program: 'dnf', steps: [['dnf', 'install', '-y', 'chromium', 'dejavu-sans-fonts']], needsRoot: true },
  { program: 'brew', steps: [['brew', 'install', '--cask', 'chromium']], needsRoot: false },
];

/** Its full path; undefined when none is there. */
export function findBrowser() {
  return findProgram(PROGRAMS, process.env.PATH, MORE_FOLDERS);
}

/** `decideInstall` for a missing browser. */
export function decideBrowserInstall(facts) {
  return decideInstall(INSTALLERS, { missing: 'no chromium was found', advice: 'install Chromium' }, facts);
}
