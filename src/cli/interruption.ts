import { EXIT } from './exit-codes.js';

export interface Interruption {
  readonly signal: AbortSignal;
  listen(): void;
  /** What the process answers once the signal is aborted. */
  exitCode(): number;
  stop(): void;
}

const EXIT_OF_SIGNAL = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hungUp } as const;
type Watched = keyof typeof EXIT_OF_SIGNAL;

/**
 * From `listen` on the first SIGINT, SIGTERM or SIGHUP (the terminal was closed) asks for an orderly end. A second
 * SIGINT or SIGTERM kills, as by default; not a second SIGHUP, since the shell and the kernel each send one.
 */
export function watchSignals(): Interruption {
  const controller = new AbortController();
  let code: number = EXIT.interrupted;
  const handle = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) return;
    code = EXIT_OF_SIGNAL[signal as Watched];
    controller.abort();
  };
  return {
    listen: () => void process.once('SIGINT', handle).once('SIGTERM', handle).on('SIGHUP', handle),
    signal: controller.signal,
    exitCode: () => code,
    stop: () => void process.off('SIGINT', handle).off('SIGTERM', handle).off('SIGHUP', handle),
  };
}
