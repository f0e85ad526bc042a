import { ioError } from '../io/io-error.js';

export interface Removal {
  /** `<experiment>/<run_id>`, or what else was removed. */
  path: string;
  /**
   * `gone`: somebody else removed it meanwhile. `kept`: it is not what the plan was made for any more, or something
   * has come up that protects it.
   */
  outcome: 'removed' | 'trashed' | 'archived' | 'gone' | 'kept' | 'failed';
  /** Why, for `kept` and `failed`. */
  reason: string | null;
}

/** Whether this removal took it away. */
export const isTaken = ({ outcome }: Removal): boolean =>
  outcome === 'removed' || outcome === 'trashed' || outcome === 'archived';

export type Ended = Omit<Removal, 'path'>;

/** As the line of an error reads. */
export function whyNot(doing: string, error: unknown): string {
  const { message, hint } = ioError(doing, error);
  return hint === undefined ? message : `${message} (${hint})`;
}
