import type { ConfigValue } from '../node.js';
import type { Sweep } from './sweeps.js';

/** `key=value` changes, `+` adds, `++` adds or changes, `~` deletes. */
export type OverrideType = 'change' | 'add' | 'force' | 'delete';

interface Target {
  readonly type: OverrideType;
  /** Dotted key, or a group with slashes. */
  readonly key: string;
  /** After `@`, or null. */
  readonly package: string | null;
  /** As typed. */
  readonly text: string;
}

export interface Override extends Target {
  /** Undefined only for `~key`. */
  readonly value: ConfigValue | undefined;
}

/** An override with several values, one for each job. */
export interface SweepOverride extends Target {
  readonly sweep: Sweep;
}
