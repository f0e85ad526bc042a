import { createRegistry } from '../../core/registry.js';
import { keepFree } from './keep-free.js';
import type { LimitParser } from './limit.js';
import { maxSize } from './max-size.js';

/** One line a limit; the name is that of its flag. */
export const limits = createRegistry<LimitParser>(
  'limit of space',
  { 'max-size': maxSize, 'keep-free': keepFree },
  'usage',
);
