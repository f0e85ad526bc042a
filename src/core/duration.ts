import { CaptureError } from './errors.js';

/** A span as people say it: calendar units, and those of the clock. */
export interface Duration {
  years: number;
  months: number;
  weeks: number;
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

const UNITS = {
  y: 'years',
  mo: 'months',
  w: 'weeks',
  d: 'days',
  h: 'hours',
  m: 'minutes',
  s: 'seconds',
} as const;
const NOTHING: Duration = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };
const DURATION = /^(?:\d+[a-z]+)+$/;

/** Reads `30d`, `12h`, `2y5mo7d`; units y, mo (months), w, d, h, m (minutes), s, each at most once. */
export function parseDuration(what: string, text: string): Duration {
  const duration = { ...NOTHING };
  const parts = DURATION.test(text) ? [...text.matchAll(/(\d+)([a-z]+)/g)] : [];
  for (const [, count, unit] of parts) {
    if (!Object.hasOwn(UNITS, unit!)) throw unknownUnit(what, text, unit!);
    duration[UNITS[unit as keyof typeof UNITS]] += Number(count);
  }
  const total = parts.reduce((sum, [, count]) => sum + Number(count), 0);
  const units = new Set(parts.map((part) => part[2]));
  if (total > 0 && total <= 1_000_000 && units.size === parts.length) return duration;
  throw new CaptureError('usage', `${what} '${text}' is not a time span above zero`, {
    hint: 'write 90m, 12h, 30d, 8w, 6mo (months), 1y, or several together: 1y6mo',
  });
}

const unknownUnit = (what: string, text: string, unit: string): CaptureError =>
  new CaptureError('usage', `${what} '${text}' has an unknown unit '${unit}'`, {
    hint: 'units are s, m (minutes), h, d, w, mo (months), y',
  });

/**
 * The moment a span before another one, in the local time zone: 30 days ago is the same time on the clock, whatever
 * summer time did, but never less than 30 times 24 hours; a month back from the 31st is the last day of a shorter
 * month.
 */
export function before(epochMs: number, duration: Duration): number {
  const { years, months, weeks, days, hours, minutes, seconds } = duration;
  const now = new Date(epochMs);
  const year = now.getFullYear() - years;
  const month = new Date(year, now.getMonth() - months, 1);
  // Before all runs; and Date takes the years 0 to 99 for those of the 20th century, and has an end.
  if (year < 100 || !(month.getFullYear() >= 100)) return -Infinity;
  const lastDay = new Date(month.getFullYear(), month.getMonth() + 1, 0).getDate();
  const daysBack = (count: number): number =>
    new Date(
      month.getFullYear(),
      month.getMonth(),
      Math.min(now.getDate(), lastDay) - count,
      now.getHours(),
      now.getMinutes(),
      now.getSeconds(),
      now.getMilliseconds(),
    ).getTime();
  const count = 7 * weeks + days;
  const then = Math.min(daysBack(count), daysBack(0) - count * 86_400_000);
  return Number.isNaN(then) ? -Infinity : then - hours * 3_600_000 - minutes * 60_000 - seconds * 1000;
}
