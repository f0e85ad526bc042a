import type { Check } from '../check.js';
import { columns } from './columns.js';
import { ending } from './ending.js';
import { episodes } from './episodes.js';
import { extraColumns } from './extra-columns.js';
import { geometry } from './geometry.js';
import { ids } from './ids.js';
import { seeds } from './seeds.js';
import { steps } from './steps.js';
import { time } from './time.js';
import { totals } from './totals.js';
import { values } from './values.js';

/** One line a check of the records, in the order their findings appear for the same rows. */
export const CHECKS: readonly Check[] = [
  ids,
  episodes,
  steps,
  columns,
  totals,
  seeds,
  values,
  geometry,
  extraColumns,
  time,
  ending,
];
