import type { Backend } from '../backends/backend.js';
import { CaptureError } from '../core/errors.js';
import { MANIFEST_FILE } from '../core/layout.js';
import { openRun } from '../io/run-directory.js';
import { heldError, lockRun, runHolder, unlockRun } from '../io/run-lock.js';
import { isLossy, planRecovery, type RecoverPlan } from './plan.js';
import { rewriteRun, type Recovered, type RewritePorts } from './rewrite.js';
import { finishSwap, makeAside, removeAside, swapIn } from './swap.js';

export interface RecoverSettings {
  runDir: string;
  /** Plans only; nothing is changed. */
  dryRun: boolean;
  /** A backend of one's own that recorded the run. */
  own?: Backend | undefined;
}

export type RecoverResult =
  /** The run is finished and valid: nothing was changed, but for what an earlier recovery had left to do. */
  | { outcome: 'whole' }
  | { outcome: 'planned'; plan: RecoverPlan; isLossy: boolean }
  | { outcome: 'recovered'; plan: RecoverPlan; isLossy: boolean; run: Recovered };

/**
 * Makes a finished run of one that was killed or damaged: every record that can be read is kept, written anew beside
 * what is there, read back, and put in its place. A kill at any moment loses nothing, and the next recovery goes on.
 *
 * @throws CaptureError `input` for what is no run of ours, `busy` while a process holds it, `io`
 */
export async function recover(settings: RecoverSettings, ports: RewritePorts): Promise<RecoverResult> {
  const { runDir, dryRun } = settings;
  const { run } = await openRun(runDir);
  if (run.schema_version === '0.1') {
    throw new CaptureError(
      'input',
      `${runDir} was written by plume_nav_sim, and only our own runs are recovered`,
      {
        hint: 'plume-nav-capture export takes what can be read of it',
      },
    );
  }
  if (dryRun) {
    const holder = await runHolder(runDir);
    if (holder !== null) throw heldError(runDir, holder);
    return recoverHeld(settings, ports);
  }
  await lockRun(runDir, 'recovering');
  try {
    await finishSwap(runDir);
    return await recoverHeld(settings, ports);
  } finally {
    await unlockRun(runDir);
  }
}

async function recoverHeld(
  { runDir, dryRun, own }: RecoverSettings,
  ports: RewritePorts,
): Promise<RecoverResult> {
  const directory = await openRun(runDir);
  if (directory.names.includes(MANIFEST_FILE) && (await ports.validate(runDir)).ok)
    return { outcome: 'whole' };
  const plan = await planRecovery(directory, own);
  const lossy = isLossy(plan);
  if (dryRun) return { outcome: 'planned', plan, isLossy: lossy };
  const aside = await makeAside(runDir);
  try {
    const run = await rewriteRun({ directory, plan, aside, own }, ports);
    await swapIn(runDir, plan.replaced);
    return { outcome: 'recovered', plan, isLossy: lossy, run };
  } finally {
    await removeAside(runDir);
  }
}
