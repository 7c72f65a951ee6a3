// Durations as people write them: `90s`, `15m`, `24h`, `7d`. Reading and writing, nothing else.
import type { Millis } from './types.js';

const UNIT_MILLIS: Readonly<Record<string, Millis>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `90s`, `15m`, `24h`, `7d` (also `500ms`, `1h30m`) into milliseconds; undefined for anything else. */
export function parseDuration(text: string): Millis | undefined {
  const trimmed = text.trim();
  if (!/^(\d+(ms|s|m|h|d))+$/.test(trimmed)) return undefined;
  let total = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+)(ms|s|m|h|d)/g))
    total += Number(count) * (UNIT_MILLIS[unit!] ?? 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Writes a duration in its two largest units, for people: `52m`, `1h30m`, `12d`, `4s`, `120ms`. */
export function formatDuration(millis: Millis): string {
  if (millis < 0) return `-${formatDuration(-millis)}`;
  if (Math.round(millis) === 0) return '0s';
  if (millis < 1000) return `${Math.round(millis)}ms`;
  const seconds = Math.round(millis / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
}
