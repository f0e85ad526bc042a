import { createRegistry } from '../core/registry.js';
import type { Backend } from './backend.js';

/** One line a format; loaded only when used. */
export const backends = createRegistry<() => Promise<Backend>>('backend', {
  jsonl: async () => (await import('./jsonl/index.js')).jsonl,
  parquet: async () => (await import('./parquet/index.js')).parquet,
});

/** The backend a run was recorded in; Parquet only when there is nothing else. @param names files of the run */
export async function recordingBackend(names: readonly string[]): Promise<Backend> {
  for (const name of backends.names) {
    if (name === 'parquet') continue;
    const backend = await backends.get(name)();
    if (backend.has(names)) return backend;
  }
  return backends.get('parquet')();
}
