import { CaptureError } from '../core/errors.js';
import { suggest } from '../core/nearest.js';
import { isInstalled, loadModule, namesFile } from '../io/load-module.js';
import type { Backend } from './backend.js';
import { backends } from './index.js';
import { ownBackendHint } from './names.js';
import { checkBackend } from './own-backend.js';

/**
 * The backend of a name: one of ours, or that of a module (`./mine.js`, or an installed package), which this runs.
 * So the name comes from the command line or the configuration and never from a run somebody else may have made.
 *
 * @param cwd relative paths start here, and packages are looked for from here
 * @throws CaptureError `config` for a name nothing has, `input` for a module that is no backend
 */
export async function loadBackend(name: string, cwd: string): Promise<Backend> {
  if (backends.has(name)) return backends.get(name)();
  if (!namesFile(name) && !isInstalled(name, cwd)) {
    throw new CaptureError('config', `unknown backend '${name}'`, {
      hint: `${ownBackendHint(name)}; of ours, ${suggest(name, backends.names)}`,
    });
  }
  const { main, exports } = await loadModule('backend', name, cwd);
  return checkBackend(name, main ?? exports['backend']);
}
