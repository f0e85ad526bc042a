import { createRegistry } from '../core/registry.js';
import type { Backend } from './backend.js';

/** One line a format; loaded only when used. */
export const backends = createRegistry<() => Promise<Backend>>('backend', {
  jsonl: async () => (await import('./jsonl/index.js')).jsonl,
  parquet: async () => (await import('./parquet/index.js')).parquet,
});
