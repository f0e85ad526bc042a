import { createRegistry } from '../../core/registry.js';
import { keepLast } from './keep-last.js';
import { keepWithin } from './keep-within.js';
import type { RuleParser } from './rule.js';

/** One line a rule; the name is that of its flag. */
export const rules = createRegistry<RuleParser>(
  'retention rule',
  { 'keep-last': keepLast, 'keep-within': keepWithin },
  'usage',
);
