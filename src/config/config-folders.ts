import { join } from 'node:path';
import { entryKind, listDirectory, realPath } from '../io/config-files.js';
import { packageRoot } from '../io/package-info.js';

const MAX_FOLDERS = 1000;

let packed: string | undefined;

/** The tree that comes with the package. */
export function packedConfig(): string {
  packed ??= join(packageRoot(), 'conf');
  return packed;
}

/** The groups and options of config trees that are searched together; only names are looked at, no file is read. */
export class ConfigFolders {
  readonly #folders: readonly string[];

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Names of the groups in a group; those of the whole tree for `''`. */
  groups(group: string): string[] {
    return this.#names(group, 'directory');
  }

  /** Names of a group's files, without `.yaml`. */
  options(group: string): string[] {
    return this.#names(group, 'file')
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => name.slice(0, -'.yaml'.length));
  }

  /**
   * Paths of all config files below a group. A folder that was met already, behind a link, is passed over, and the
   * walk ends early where somebody names a folder that is no config tree.
   */
  all(group = '', met = new Set<string>()): string[] {
    const folders = this.#folders.map((folder) => realPath(join(folder, group)));
    if (met.size > MAX_FOLDERS || folders.every((folder) => met.has(folder))) return [];
    for (const folder of folders) met.add(folder);
    const prefix = group === '' ? '' : `${group}/`;
    const here = this.options(group).map((name) => prefix + name);
    return [...here, ...this.groups(group).flatMap((name) => this.all(prefix + name, met))];
  }

  #names(group: string, kind: 'directory' | 'file'): string[] {
    const names = this.#folders.flatMap((folder) =>
      listDirectory(join(folder, group)).filter((name) => entryKind(join(folder, group, name)) === kind),
    );
    return [...new Set(names)].sort();
  }
}
