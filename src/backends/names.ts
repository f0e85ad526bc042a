import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { suggest } from '../core/nearest.js';
import { isInstalled, namesFile } from '../io/load-module.js';
import { backends } from './index.js';

/**
 * Why no backend can be loaded by a name, as far as that is known without loading it; null when one may be.
 * @param cwd relative paths start here, and packages are looked for from here
 */
export function backendProblem(name: string, cwd: string): string | null {
  if (backends.has(name)) return null;
  if (namesFile(name)) {
    return existsSync(resolve(cwd, name)) ? null : `no file '${name}'; relative paths start at ${cwd}`;
  }
  if (isInstalled(name, cwd)) return null;
  return `unknown backend '${name}' (${ownBackendHint(name)}), ${suggest(name, backends.names)}`;
}

/** How a name would have to be given to mean a module. */
export const ownBackendHint = (name: string): string =>
  `a module of your own is named by its path, ./${name}.js, or as an installed package`;
