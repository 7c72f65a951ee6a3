// A zone that nobody knows -> the hint that helps. It judges no document.
import { suggestWord } from './closest-word.js';

/** `Did you mean `Europe/Paris`?`, by the nearest spelling or by the city's name. */
export function suggestZone(written: string): string {
  const known = Intl.supportedValuesOf('timeZone');
  const city = written.toLowerCase().replaceAll(' ', '_');
  const byCity = known.find((zone) => zone.split('/').at(-1)!.toLowerCase() === city);
  return byCity === undefined
    ? suggestWord(written, known, 'Name a place, such as Europe/Paris; offsets know no daylight saving.')
    : `Did you mean \`${byCity}\`?`;
}
