import { join } from 'node:path';
import { displayPath, entryKind, readConfigText } from '../io/config-files.js';
import { ConfigFolders, packedConfig } from './config-folders.js';
import { readEntries, type Entry } from './defaults/entry.js';
import { packageHeader } from './defaults/header.js';
import type { ConfigNode, DictNode } from './node.js';
import { refuse } from './problems.js';
import { openRoot, type SearchRoot } from './search-path.js';
import { readYaml } from './yaml/read.js';

/** One config file, read. */
export interface LoadedConfig {
  /** `env/plume/static` */
  readonly path: string;
  readonly file: string;
  /** What `# @package` says, or null. */
  readonly header: string | null;
  readonly defaults: readonly Entry[];
  /** `hydra.searchpath`, which only the primary config may have. */
  readonly searchPath: ConfigNode | null;
  /** The content without `defaults` and `hydra`. */
  readonly body: DictNode;
}

/** Trees of config files, the first that has a file wins: groups are folders, options are files. */
export class ConfigSource {
  readonly roots: readonly SearchRoot[];
  readonly #folders: ConfigFolders;
  readonly #loaded: Map<string, LoadedConfig | null>;
  readonly #isGroup = new Map<string, boolean>();

  private constructor(roots: readonly SearchRoot[], loaded: Map<string, LoadedConfig | null>) {
    this.roots = roots;
    this.#folders = new ConfigFolders(roots.map(({ folder }) => folder));
    this.#loaded = loaded;
  }

  /**
   * @param configPath a folder, or null for the tree in the package
   * @param configDir a folder that is searched after it, or null
   */
  static open(configPath: string | null, configDir: string | null = null): ConfigSource {
    const main = openRoot('main', configPath ?? packedConfig(), '--config-path');
    const more = configDir === null ? [] : [openRoot('command-line', configDir, '--config-dir')];
    return new ConfigSource([main, ...more], new Map());
  }

  /** The same with folders that are searched after these; what was read already stays read. */
  extended(roots: readonly SearchRoot[]): ConfigSource {
    const kept = [...this.#loaded].filter(([, config]) => config !== null);
    return new ConfigSource([...this.roots, ...roots], new Map(kept));
  }

  describe(): string {
    const [{ folder }, ...others] = this.roots as [SearchRoot, ...SearchRoot[]];
    const main = folder === packedConfig() ? `the packed tree (${folder})` : displayPath(folder);
    return [main, ...others.map((root) => displayPath(root.folder))].join(' or ');
  }

  /** Every config file read, in the order of reading. */
  get files(): string[] {
    return [...this.#loaded.values()].flatMap((config) => (config === null ? [] : [config.file]));
  }

  isGroup(group: string): boolean {
    let known = this.#isGroup.get(group);
    if (known === undefined) {
      known = group !== '' && this.roots.some(({ folder }) => entryKind(join(folder, group)) === 'directory');
      this.#isGroup.set(group, known);
    }
    return known;
  }

  /** Names of a group's files. */
  options(group: string): string[] {
    return this.#folders.options(group);
  }

  /** Names of the groups in a group. */
  groups(group: string): string[] {
    return this.#folders.groups(group);
  }

  /** Paths of all config files; of a tree too large to be one, the first of them. */
  allConfigs(): string[] {
    return this.#folders.all();
  }

  /** Reads a config; null when there is no such file. */
  load(path: string): LoadedConfig | null {
    const known = this.#loaded.get(path);
    if (known !== undefined) return known;
    const loaded = this.#read(path);
    this.#loaded.set(path, loaded);
    return loaded;
  }

  #read(path: string): LoadedConfig | null {
    const name = path.endsWith('.yaml') ? path : `${path}.yaml`;
    const root = this.roots.find(({ folder }) =>
      ['file', 'other'].includes(entryKind(join(folder, name)) ?? ''),
    );
    if (root === undefined) return null;
    const full = join(root.folder, name);
    const file = displayPath(full);
    if (entryKind(full) === 'other') refuse(`${file} is a pipe or a device, not a config file`);
    const text = readConfigText(full);
    const body = readYaml(text, file);
    const defaults = body.entries.get('defaults');
    body.entries.delete('defaults');
    const hydra = body.entries.get('hydra');
    body.entries.delete('hydra');
    return {
      path,
      file,
      header: packageHeader(text, file),
      defaults: defaults === undefined ? [] : readEntries(defaults),
      searchPath: hydra === undefined ? null : searchPathOf(hydra, file),
      body,
    };
  }
}

/** Of Hydra's own keys only `searchpath` means something here. */
function searchPathOf(hydra: ConfigNode, file: string): ConfigNode | null {
  const keys = hydra.kind === 'dict' ? [...hydra.entries.keys()] : [''];
  const other = keys.find((key) => key !== 'searchpath');
  if (other !== undefined) {
    const key = other === '' ? 'hydra' : `hydra.${other}`;
    refuse(
      `${file}: the key '${key}' configures Hydra's own runtime, which this program does not have; remove it`,
    );
  }
  return hydra.kind === 'dict' ? (hydra.entries.get('searchpath') ?? null) : null;
}
