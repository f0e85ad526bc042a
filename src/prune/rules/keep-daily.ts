import { keepNewestOfEach, two } from './keep-count.js';
import { monthOf } from './keep-monthly.js';

export const dayOf = (date: Date): string => `${monthOf(date)}-${two(date.getDate())}`;

/** Keeps the newest run of each of the last n days. */
export const keepDaily = keepNewestOfEach('keep-daily', dayOf);
