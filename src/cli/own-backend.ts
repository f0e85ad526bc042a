import type { Backend } from '../backends/backend.js';

/** The backend that `--backend` names: a run itself never makes anybody load code. */
export async function ownBackend(name: string | undefined): Promise<Backend | undefined> {
  if (name === undefined) return undefined;
  const { loadBackend } = await import('../backends/load.js');
  return loadBackend(name, process.cwd());
}
