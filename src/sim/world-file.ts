// Reads a sandbox's world from disk. What it means is world.ts's.
import { readFile } from 'node:fs/promises';
import { PurserError } from '../core/errors.js';
import { parseWorld, type AnyWorld, type WorldDefaults } from './world.js';

/** Throws `world-invalid`, also for a file that can't be read. */
export async function readWorldFile(path: string, defaults?: WorldDefaults): Promise<AnyWorld> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new PurserError('world-invalid', `The world file ${path} can't be read: check the path and its rights.`, {
      cause,
    });
  }
  return parseWorld(text, path, defaults);
}
