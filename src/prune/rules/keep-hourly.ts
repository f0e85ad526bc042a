import { dayOf } from './keep-daily.js';
import { keepNewestOfEach, two } from './keep-count.js';

/** Keeps the newest run of each of the last n hours; the hour that summer time's end repeats is one. */
export const keepHourly = keepNewestOfEach(
  'keep-hourly',
  (date) => `${dayOf(date)} ${two(date.getHours())}h`,
);
