import type { ConfigValue } from '../node.js';

/** `key=value` changes, `+` adds, `++` adds or changes, `~` deletes. */
export type OverrideType = 'change' | 'add' | 'force' | 'delete';

export interface Override {
  readonly type: OverrideType;
  /** Dotted key, or a group with slashes. */
  readonly key: string;
  /** After `@`, or null. */
  readonly package: string | null;
  /** Undefined only for `~key`. */
  readonly value: ConfigValue | undefined;
  /** As typed. */
  readonly text: string;
}
