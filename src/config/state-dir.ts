// The state directory: makes it, or says why it can't be used. What is kept in it is others' business.
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PurserError } from '../core/errors.js';

/** undefined: there is nothing of that name. */
function isFolder(path: string): boolean | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory();
  } catch (error) {
    // Below a file.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function describeError(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** Why nothing can be kept at the path, or made there; undefined: as far as can be told, it can. */
export function findStateDirProblem(stateDir: string): string | undefined {
  let path = resolve(stateDir);
  try {
    while (isFolder(path) === undefined && path !== dirname(path)) path = dirname(path);
    if (isFolder(path) !== true) return `${path} is no folder`;
    accessSync(path, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return `${path} can't be written (${describeError(error)})`;
  }
}

/** One level at a time: with `recursive`, Node 20 tries for ever below a folder such as /proc that takes no folders. */
function makeFolders(path: string): void {
  if (isFolder(path) === true) return;
  makeFolders(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was quicker.
    if (isFolder(path) !== true) throw error;
  }
}

/** Throws `state-dir-unfit` where the folder isn't there and can't be made, is a file, or takes no files. */
export function prepareStateDir(stateDir: string): void {
  const unfit = (why: string, cause?: unknown): PurserError =>
    new PurserError('state-dir-unfit', `The state directory ${resolve(stateDir)} can't be used: ${why}.`, { cause });
  const problem = findStateDirProblem(stateDir);
  if (problem !== undefined) throw unfit(problem);
  try {
    makeFolders(resolve(stateDir));
  } catch (error) {
    throw unfit(`it can't be made (${describeError(error)})`, error);
  }
}
