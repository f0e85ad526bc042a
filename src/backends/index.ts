import { CaptureError } from '../core/errors.js';
import { createRegistry } from '../core/registry.js';
import type { Backend } from './backend.js';

/** One line a format; loaded only when used. */
export const backends = createRegistry<() => Promise<Backend>>('backend', {
  jsonl: async () => (await import('./jsonl/index.js')).jsonl,
  parquet: async () => (await import('./parquet/index.js')).parquet,
  hdf5: async () => (await import('./hdf5/index.js')).hdf5,
  sqlite: async () => (await import('./sqlite/index.js')).sqlite,
  none: async () => (await import('./none/index.js')).none,
});

/**
 * The backend a run was recorded in; Parquet only when there is nothing else.
 *
 * @param names files of the run
 * @param own a backend that the user named on the command line. A run never names one: what a stranger sent must
 *   not make anybody load code
 */
export async function recordingBackend(names: readonly string[], own?: Backend): Promise<Backend> {
  if (own !== undefined) {
    if (own.has(names)) return own;
    throw new CaptureError('input', `backend '${own.name}' finds no files of its own in this run`, {
      hint: 'leave --backend out for a run in one of our formats',
    });
  }
  for (const name of backends.names) {
    if (name === 'parquet') continue;
    const backend = await backends.get(name)();
    if (backend.has(names)) return backend;
  }
  return backends.get('parquet')();
}
