/** Space as it is before anything is removed, in bytes. */
export interface Space {
  /** Of all runs, and of what lies in the trash. */
  used: number;
  /** Of the disk the results lie on, and what of it is free. */
  disk: { total: number; free: number };
}

/** A limit of space with its value. */
export interface Limit {
  /** As it stands in reasons: `max-size 200GB`. */
  readonly label: string;
  /** Bytes that have to go; 0 or less when none have. */
  excess(space: Space): number;
}

/** Reads a limit's value; `usage` error when it is none. */
export type LimitParser = (value: string) => Limit;
