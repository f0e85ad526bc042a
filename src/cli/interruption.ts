import type { CaptureError } from '../core/errors.js';
import { EXIT } from './exit-codes.js';

export interface Interruption {
  readonly signal: AbortSignal;
  listen(): void;
  /** Asks for an orderly end for a reason of our own. */
  end(reason: CaptureError): void;
  /**
   * What the process answers once the signal is aborted.
   * @throws the reason of `end`
   */
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
  let reason: CaptureError | null = null;
  const handle = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) return;
    code = EXIT_OF_SIGNAL[signal as Watched];
    controller.abort();
  };
  return {
    listen: () => void process.once('SIGINT', handle).once('SIGTERM', handle).on('SIGHUP', handle),
    signal: controller.signal,
    end: (given) => {
      if (controller.signal.aborted) return;
      reason = given;
      controller.abort();
    },
    exitCode: () => {
      if (reason !== null) throw reason;
      return code;
    },
    stop: () => void process.off('SIGINT', handle).off('SIGTERM', handle).off('SIGHUP', handle),
  };
}
