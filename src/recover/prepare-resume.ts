import type { Backend } from '../backends/backend.js';
import { backends } from '../backends/index.js';
import { openRecords } from '../backends/open-records.js';
import type { KeptRejections } from '../backends/rejection-files.js';
import { CaptureError } from '../core/errors.js';
import type { Clock, RowObserver, RunWriter, WrittenFile } from '../core/ports.js';
import type { Finding } from '../core/report.js';
import type { Recovery } from '../core/recovery.js';
import { openRun, type RunDirectory } from '../io/run-directory.js';
import { copyRows } from './copy-rows.js';
import { recoveryOf, type RecoverPlan } from './plan.js';
import { copyRejections, KeptEpisodes } from './rejections.js';
import { writeRecords } from './rewrite.js';
import { makeAside, removeAside, swapIn } from './swap.js';
import { targetOf } from './target.js';

/** A run as far as its whole episodes go, its files closed and ready to go on. */
export interface ResumePoint {
  directory: RunDirectory;
  /** Whole episodes, their recorded steps, and the steps taken in them. */
  done: { episodes: number; steps: number; taken: number };
  files: WrittenFile[];
  /** What is said of those of them that were rejected, closed too; null without rules. */
  rejections: KeptRejections | null;
  recovery: Recovery;
  /** Shows the records, in their order, and hands them to other writers. */
  replay: (observers: readonly RowObserver[], writers: readonly RunWriter[]) => Promise<void>;
}

export interface PrepareResume {
  directory: RunDirectory;
  plan: RecoverPlan;
  /** That the run is to go on in. */
  backend: Backend;
  /** A backend named on the command line. */
  own: Backend | undefined;
}

/**
 * Cuts a run back to its whole episodes, by writing them anew beside it and putting them in its place: a kill at any
 * moment leaves what was there, or a run that can be resumed just as well. The process holds the run.
 *
 * @throws CaptureError `config` for a backend that cannot go on with files
 */
export async function prepareResume(
  { directory, plan, backend, own }: PrepareResume,
  clock: Clock,
): Promise<ResumePoint> {
  const { path, run } = directory;
  const format = goesOnFrom(backend);
  const { whole } = plan.survey;
  const target = { ...(await targetOf(directory, plan.backend)), copy: null };
  if (format !== backend.name) target.options.storage = { ...target.options.storage, rotateBytes: null };
  target.backend = format === backend.name ? backend : await backends.get(format)();
  const recovery = recoveryOf(plan, 'resumed', new Date(clock.now()).toISOString(), whole);
  const aside = await makeAside(path);
  let files: WrittenFile[];
  let rejections: KeptRejections | null;
  try {
    const kept = new KeptEpisodes(run.episode_seeds.length);
    const rows = { rows: whole, recovery: null, observers: [kept] };
    ({ recorded: files } = await writeRecords({ directory, plan, aside, own }, target, rows));
    rejections = await copyRejections(directory, aside, target, kept);
    await swapIn(path, plan.replaced);
  } finally {
    await removeAside(path);
  }
  const { timeless } = target;
  return {
    directory: await openRun(path),
    done: { ...whole },
    files,
    rejections,
    recovery,
    async replay(observers, writers) {
      const names = files.map((file) => file.path);
      const { reader } = await openRecords(directory, names, own);
      const onDamage = ({ file, message }: Finding): never => {
        throw new CaptureError('io', `${path} does not read back as it was written: ${file}: ${message}`, {
          hint: 'check the disk, and resume the run again',
        });
      };
      await copyRows({
        run,
        reader,
        rows: whole,
        hasGap: () => false,
        leftOut: plan.leftOut,
        writers,
        observers,
        timeless,
        onDamage,
      });
    },
  };
}

function goesOnFrom({ name, continuesFrom }: Backend): string {
  if (continuesFrom !== undefined && (continuesFrom === name || backends.has(continuesFrom)))
    return continuesFrom;
  throw new CaptureError(
    'config',
    `backend '${name}' cannot go on with the files of a run that was interrupted`,
    {
      hint: 'capture it again; a backend that can says so: continuesFrom',
    },
  );
}
