import { CaptureError } from '../core/errors.js';
import type { CaptureOptions } from './commands/capture.js';
import { requireReason } from './reason.js';

/** Flags that mean nothing together, or not without another, are a slip: refused, not ignored. */
export function checkFlags(options: CaptureOptions): void {
  const { cfg, info, resolve, package: name, multirun, resumeSweep, jobs, metrics, dryRun, reason } = options;
  const sweep = multirun === true || resumeSweep !== undefined;
  if (resolve !== undefined) demand('--resolve', cfg !== undefined, '--cfg job');
  if (name !== undefined) demand('--package', cfg !== undefined, '--cfg job');
  if (jobs !== undefined) demand('--jobs', sweep, '--multirun');
  if (metrics !== undefined && (sweep || dryRun === true || cfg !== undefined || info !== undefined)) {
    throw new CaptureError(
      'usage',
      '--metrics is of one capture, without --multirun, --dry-run, --cfg or --info',
    );
  }
  if (reason !== undefined) checkReason(reason, cfg !== undefined || info !== undefined);
  if (cfg !== undefined && info !== undefined) {
    throw new CaptureError('usage', '--cfg and --info print different things; give one of them');
  }
  if (sweep && (cfg !== undefined || info !== undefined)) {
    const flag = cfg === undefined ? '--info' : '--cfg';
    throw new CaptureError('usage', `${flag} shows the config of one run, not of a sweep`, {
      hint: 'leave out --multirun and give one value for each key, or see the runs with --multirun --dry-run',
    });
  }
}

function demand(flag: string, given: boolean, other: string): void {
  if (!given) throw new CaptureError('usage', `${flag} goes with ${other}`);
}

/** @param shown whether the configuration is only looked at */
function checkReason(reason: string, shown: boolean): void {
  if (shown) {
    throw new CaptureError('usage', '--reason goes with a capture or a sweep, without --cfg and --info');
  }
  requireReason(reason, 'say in a few words why the configuration was changed');
}
