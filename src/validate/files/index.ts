import type { FileCheck } from '../run-context.js';
import { finished } from './finished.js';
import { inventory } from './inventory.js';
import { layout } from './layout.js';
import { leftovers } from './leftovers.js';
import { manifest } from './manifest.js';
import { rejections } from './rejections.js';
import { seedList } from './seed-list.js';
import { summary } from './summary.js';
import { version } from './version.js';

/** One line a check of a run's files. */
export const FILE_CHECKS: readonly FileCheck[] = [
  layout,
  leftovers,
  version,
  seedList,
  finished,
  manifest,
  inventory,
  summary,
  rejections,
];
