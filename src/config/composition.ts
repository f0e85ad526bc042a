import { canonicalHash } from '../core/canonical-json.js';
import type { Branch } from './defaults/expand.js';
import { resolveTree, type Environment } from './interpolation/resolve.js';
import type { ConfigMap, DictNode } from './node.js';
import type { ConfigSource } from './source.js';

export interface ComposedConfig {
  /** The configuration, interpolations resolved: ints are bigint, floats number, mappings Map. */
  readonly tree: ConfigMap;
  /** The same before interpolation, with where every value was written. */
  readonly origins: DictNode;
  /** Config files read. */
  readonly sources: readonly string[];
  readonly overrides: readonly string[];
  /** What is odd but no error, such as a folder of `hydra.searchpath` that is not there. */
  readonly warnings: readonly string[];
  /** `config_hash`: SHA-256 of the canonical JSON of `tree`. */
  readonly hash: string;
}

interface Facts {
  readonly origins: DictNode;
  readonly defaults: Branch;
  readonly source: ConfigSource;
  readonly overrides: readonly string[];
  readonly warnings: readonly string[];
  readonly env: Environment;
}

/** A configuration put together; interpolation and hash wait until they are asked for. */
export class Composition implements ComposedConfig {
  readonly origins: DictNode;
  /** The expanded defaults list. */
  readonly defaults: Branch;
  readonly source: ConfigSource;
  readonly overrides: readonly string[];
  readonly warnings: readonly string[];
  readonly #env: Environment;
  #tree: ConfigMap | undefined;
  #hash: string | undefined;

  constructor({ origins, defaults, source, overrides, warnings, env }: Facts) {
    this.origins = origins;
    this.defaults = defaults;
    this.source = source;
    this.overrides = overrides;
    this.warnings = warnings;
    this.#env = env;
  }

  /** What `${oc.env:…}` reads: not part of what is shown when somebody prints the object, since it holds secrets. */
  get env(): Environment {
    return this.#env;
  }

  /** @throws ConfigError for an interpolation that cannot be resolved */
  get tree(): ConfigMap {
    return (this.#tree ??= resolveTree(this.origins, this.#env));
  }

  get hash(): string {
    return (this.#hash ??= canonicalHash(this.tree));
  }

  get sources(): readonly string[] {
    return this.source.files;
  }
}
