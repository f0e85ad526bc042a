import { isDone, type JobResult } from '../sweep/ledger.js';
import type { SweepPlan } from '../sweep/plan.js';
import { openSession, type Session } from '../sweep/session.js';
import { watchSignals } from './interruption.js';
import { showResults } from './multirun-output.js';
import { runSweep, type SweepRun } from './multirun-run.js';
import { shellWord } from './shell-word.js';
import { formatCount, plural, printable } from './ui.js';

/** Keeps other processes from the sweep meanwhile. @throws CaptureError `busy` when one has it */
export async function holdSweep(
  directory: string,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const session = await openSession(directory);
  try {
    return await work(session);
  } finally {
    // a session that cannot be closed ends with this process
    await session.close().catch(() => {});
  }
}

export interface SweepLeft extends Omit<SweepRun, 'total' | 'interruption' | 'goOn'> {
  directory: string;
  plan: SweepPlan;
  /** How jobs ended before. */
  results: ReadonlyMap<number, JobResult>;
  json: boolean;
}

/** Runs the jobs that are left of a sweep, prints what came of all of them, and how to go on. @returns the exit code */
export async function runLeft(sweep: SweepLeft): Promise<number> {
  const { directory, plan, jobs, results, json, output } = sweep;
  const total = plan.jobs.length;
  const some = jobs.length === total ? '' : `the remaining ${formatCount(jobs.length)} of `;
  output.stderr(`sweep of ${some}${plural(total, 'job')} into ${printable(directory)}\n`);
  const goOn = `plume-nav-capture --resume-sweep ${shellWord(directory)}`;
  const interruption = watchSignals();
  interruption.listen();
  let ended: ReadonlyMap<number, JobResult>;
  try {
    ended = await runSweep({ ...sweep, total, interruption, goOn });
  } catch (error) {
    output.stderr(`the sweep has ended early; go on with: ${goOn}\n`);
    throw error;
  } finally {
    interruption.stop();
  }
  const now = new Map([...results, ...ended]);
  const code = showResults(directory, plan, now, json, output);
  if (plan.jobs.every(({ job }) => isDone(now.get(job)))) return code;
  const interrupted = interruption.signal.aborted;
  output.stderr(`${interrupted ? 'interrupted; go on with' : 'what failed can run again'}: ${goOn}\n`);
  return interrupted ? interruption.exitCode() : code;
}
