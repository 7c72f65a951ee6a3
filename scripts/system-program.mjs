// Finds programs of the system and says how it would install one that is missing. It decides; ensure-ready.mjs runs what it decided.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The full path of the first of these programs; undefined when none is there. */
export function findProgram(names, path = process.env.PATH ?? '', more = []) {
  for (const name of names)
    for (const folder of [...path.split(delimiter).filter(Boolean), ...more]) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not here; the next folder.
      }
    }
  return undefined;
}

/**
 * What to do about a missing program: `{do: 'run' | 'ask', steps}` or `{do: 'tell', text}`.
 * `installers`: in the order of being tried. `has(program)` says whether a program is there; root installs without asking,
 * others only when a person can answer.
 */
export function decideInstall(installers, { missing, advice }, { isRoot, isTerminal, has }) {
  const sentence = (how) => `${missing}; ${how}, then run this again.`;
  const installer = installers.find(({ program, needsRoot }) => has(program) && !(isRoot && !needsRoot));
  if (installer === undefined) return { do: 'tell', text: sentence(advice) };
  const asRoot = installer.needsRoot && !isRoot;
  const steps = asRoot
    ? installer.steps.map((step) => ['sudo', 'RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive', ...step])
    : installer.steps;
  if (isRoot) return { do: 'run', steps };
  const last = `${asRoot ? 'sudo ' : ''}${installer.steps.at(-1).join(' ')}`;
  if (!isTerminal || (asRoot && !has('sudo'))) return { do: 'tell', text: sentence(`install it with \`${last}\``) };
  return { do: 'ask', steps };
}
