import { join } from 'node:path';
import { entryKind, listDirectory } from '../io/config-files.js';

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

  #names(group: string, kind: 'directory' | 'file'): string[] {
    const names = this.#folders.flatMap((folder) =>
      listDirectory(join(folder, group)).filter((name) => entryKind(join(folder, group, name)) === kind),
    );
    return [...new Set(names)].sort();
  }
}
