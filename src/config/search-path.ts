import { join } from 'node:path';
import { displayPath, entryKind, listDirectory } from '../io/config-files.js';
import { Resolution, type Environment } from './interpolation/resolve.js';
import { dictNode, type ConfigNode } from './node.js';
import { describeOrigin } from './origin.js';
import { refuse } from './problems.js';
import { suggestName } from './suggest.js';

/** A folder that is searched for configs. */
export interface SearchRoot {
  /** Who named it, as Hydra calls it: `main`, `command-line`, `hydra.searchpath in main`, … */
  readonly provider: string;
  readonly folder: string;
}

/** @throws ConfigError when there is no such folder */
export function openRoot(provider: string, folder: string, flag: string): SearchRoot {
  const kind = entryKind(folder);
  if (kind === 'directory') return { provider, folder };
  if (kind !== null) refuse(`${flag}: ${displayPath(folder)} is a file; give the folder it lies in`);
  const parent = join(folder, '..');
  const folders = listDirectory(parent).filter((name) => entryKind(join(parent, name)) === 'directory');
  const name = folder.replace(/\/+$/, '').split('/').at(-1)!;
  return refuse(`${flag}: the folder ${displayPath(folder)} does not exist; ${suggestName(name, folders)}`);
}

/**
 * The folders that `hydra.searchpath` names, relative ones from the working directory. One that is not there is left
 * out with a warning, as Hydra does.
 */
export function searchRoots(
  node: ConfigNode,
  env: Environment,
  warn: (warning: string) => void,
): SearchRoot[] {
  const where = describeOrigin(node.origin);
  const provider = `hydra.searchpath in ${node.origin.kind === 'override' ? 'command-line' : 'main'}`;
  const root = dictNode(node.origin, new Map([['searchpath', node]]));
  const value = new Resolution(root, env).value({ node, parents: [root] });
  if (value === null) return [];
  const fail = (): never => refuse(`${where}: hydra.searchpath must be a list of folders`);
  if (!Array.isArray(value)) return fail();
  return value.flatMap((entry) => {
    if (typeof entry !== 'string') return fail();
    const scheme = /^([a-z]+):\/\//.exec(entry)?.[1];
    if (scheme !== undefined && scheme !== 'file') {
      refuse(
        `${where}: hydra.searchpath: '${entry}' lies in ${scheme === 'pkg' ? 'a Python package' : `'${scheme}'`}, which this program cannot read; give a folder`,
      );
    }
    const folder = scheme === undefined ? entry : entry.slice('file://'.length);
    if (entryKind(folder) === 'directory') return [{ provider, folder }];
    warn(`${where}: hydra.searchpath: there is no folder '${folder}'`);
    return [];
  });
}
