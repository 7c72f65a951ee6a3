// Finds the time zone that a person probably meant. Compares names; opens no zone.
import { suggestWord } from './closest-word.js';

/** `Did you mean \`Europe/Paris\`?`, also for a city alone, or what a zone is. */
export function suggestZone(text: string): string {
  const known = Intl.supportedValuesOf('timeZone');
  const city = text.toLowerCase().replaceAll(' ', '_');
  const byCity = known.find((zone) => zone.split('/').at(-1)!.toLowerCase() === city);
  return byCity === undefined
    ? suggestWord(text, known, 'Name a place, such as Europe/Paris; offsets know no daylight saving.')
    : `Did you mean \`${byCity}\`?`;
}
