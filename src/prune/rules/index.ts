import { createRegistry } from '../../core/registry.js';
import { keepDaily } from './keep-daily.js';
import { keepHourly } from './keep-hourly.js';
import { keepLast } from './keep-last.js';
import { keepMonthly } from './keep-monthly.js';
import { keepTag } from './keep-tag.js';
import { keepWeekly } from './keep-weekly.js';
import { keepWithin } from './keep-within.js';
import { keepYearly } from './keep-yearly.js';
import type { RuleParser } from './rule.js';

/** One line a rule; the name is that of its flag. */
export const rules = createRegistry<RuleParser>(
  'retention rule',
  {
    'keep-last': keepLast,
    'keep-hourly': keepHourly,
    'keep-daily': keepDaily,
    'keep-weekly': keepWeekly,
    'keep-monthly': keepMonthly,
    'keep-yearly': keepYearly,
    'keep-within': keepWithin,
    'keep-tag': keepTag,
  },
  'usage',
);
