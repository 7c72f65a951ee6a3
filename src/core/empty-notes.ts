// The notes of an account that nothing was learned about yet.
import type { Notes } from './books.js';

export const EMPTY_NOTES: Notes = {
  lastCompleteLook: undefined,
  inventoryDoubt: undefined,
  clockDoubt: undefined,
  recovering: undefined,
  backOffs: {},
  noBalance: undefined,
  deletionMillis: [],
  launchMillis: [],
};
