import type { ErrorKind } from '../core/errors.js';

/** What the process answers; printed in every help text. */
export const EXIT = {
  done: 0,
  findings: 1,
  usage: 2,
  partial: 3,
  busy: 4,
  io: 5,
  bug: 70,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export const EXIT_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  usage: EXIT.usage,
  config: EXIT.usage,
  input: EXIT.usage,
  partial: EXIT.partial,
  busy: EXIT.busy,
  io: EXIT.io,
};
