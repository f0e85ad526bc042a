import { keepNewestOfEach } from './keep-count.js';

/** Keeps the newest run of each of the last n years. */
export const keepYearly = keepNewestOfEach('keep-yearly', (date) => String(date.getFullYear()));
