import { keepNewestOfEach, two } from './keep-count.js';

export const monthOf = (date: Date): string => `${date.getFullYear()}-${two(date.getMonth() + 1)}`;

/** Keeps the newest run of each of the last n months. */
export const keepMonthly = keepNewestOfEach('keep-monthly', monthOf);
