import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { displayPath, entryKind, listDirectory, readConfigText } from '../io/config-files.js';
import { readEntries, type Entry } from './defaults/entry.js';
import { packageHeader } from './defaults/header.js';
import type { DictNode } from './node.js';
import { refuse } from './problems.js';
import { suggestName } from './suggest.js';
import { readYaml } from './yaml/read.js';

/** The tree that comes with the package. */
const PACKED_CONFIG = fileURLToPath(new URL('../../conf', import.meta.url));

/** One config file, read. */
export interface LoadedConfig {
  /** `env/plume/static` */
  readonly path: string;
  readonly file: string;
  /** What `# @package` says, or null. */
  readonly header: string | null;
  readonly defaults: readonly Entry[];
  /** The content without `defaults`. */
  readonly body: DictNode;
}

/** A tree of config files: groups are folders, options are files. */
export class ConfigSource {
  readonly root: string;
  readonly #loaded = new Map<string, LoadedConfig | null>();

  private constructor(root: string) {
    this.root = root;
  }

  /** @param configPath a folder, or null for the tree in the package */
  static open(configPath: string | null): ConfigSource {
    const root = configPath ?? PACKED_CONFIG;
    const kind = entryKind(root);
    if (kind === 'directory') return new ConfigSource(root);
    if (kind === 'file') refuse(`the config path ${displayPath(root)} is a file; give the folder it lies in`);
    const parent = join(root, '..');
    const folders = listDirectory(parent).filter((name) => entryKind(join(parent, name)) === 'directory');
    const name = root.replace(/\/+$/, '').split('/').at(-1)!;
    return refuse(`the config path ${displayPath(root)} does not exist; ${suggestName(name, folders)}`);
  }

  describe(): string {
    return this.root === PACKED_CONFIG ? `the packed tree (${this.root})` : displayPath(this.root);
  }

  /** Every config file read, in the order of reading. */
  get files(): string[] {
    return [...this.#loaded.values()].flatMap((config) => (config === null ? [] : [config.file]));
  }

  isGroup(group: string): boolean {
    return group !== '' && entryKind(join(this.root, group)) === 'directory';
  }

  /** Names of a group's files. */
  options(group: string): string[] {
    return listDirectory(join(this.root, group))
      .filter((name) => name.endsWith('.yaml') && entryKind(join(this.root, group, name)) === 'file')
      .map((name) => name.slice(0, -'.yaml'.length));
  }

  /** Paths of all config files below a group. */
  allConfigs(group = ''): string[] {
    const prefix = group === '' ? '' : `${group}/`;
    const here = this.options(group).map((name) => prefix + name);
    const groups = listDirectory(join(this.root, group)).filter((name) => this.isGroup(prefix + name));
    return [...here, ...groups.flatMap((name) => this.allConfigs(prefix + name))];
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
    const full = join(this.root, path.endsWith('.yaml') ? path : `${path}.yaml`);
    if (entryKind(full) !== 'file') return null;
    const file = displayPath(full);
    const text = readConfigText(full);
    const body = readYaml(text, file);
    const defaults = body.entries.get('defaults');
    body.entries.delete('defaults');
    const hydra = body.entries.get('hydra');
    return {
      path,
      file,
      header: packageHeader(text, file),
      defaults: defaults === undefined ? [] : readEntries(defaults),
      body: hydra === undefined ? body : refuseHydra(file),
    };
  }
}

function refuseHydra(file: string): never {
  return refuse(
    `${file}: the key 'hydra' configures Hydra's own runtime, which this program does not have; remove it`,
  );
}
