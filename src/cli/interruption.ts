import { EXIT } from './exit-codes.js';

export interface Interruption {
  readonly signal: AbortSignal;
  listen(): void;
  /** What the process answers once the signal is aborted. */
  exitCode(): number;
  stop(): void;
}

/** From `listen` on the first SIGINT or SIGTERM asks for an orderly end; a second one kills, as by default. */
export function watchSignals(): Interruption {
  const controller = new AbortController();
  let code: number = EXIT.interrupted;
  const handle = (signal: NodeJS.Signals) => {
    code = signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
    controller.abort();
  };
  return {
    listen: () => void process.once('SIGINT', handle).once('SIGTERM', handle),
    signal: controller.signal,
    exitCode: () => code,
    stop: () => void process.off('SIGINT', handle).off('SIGTERM', handle),
  };
}
