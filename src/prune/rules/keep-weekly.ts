import { keepNewestOfEach, two } from './keep-count.js';

const DAY_MS = 86_400_000;

/** The week of ISO 8601: from Monday, and of the year that its Thursday lies in. */
function weekOf(date: Date): string {
  // in UTC, where every day has 24 hours
  const day = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  const thursday = new Date(day + (4 - (date.getDay() || 7)) * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS));
  return `${year}-W${two(week)}`;
}

/** Keeps the newest run of each of the last n ISO weeks. */
export const keepWeekly = keepNewestOfEach('keep-weekly', weekOf);
