import type { JobProgress } from '../sweep/pool.js';
import type { CheckedJob } from './multirun-check.js';
import { watchStorage, type StorageHealth, type StorageOptions } from './storage-health.js';

/** Jobs that record into one folder under the same limits. */
interface Group {
  health: StorageHealth;
  /** Episodes so far, by job. */
  episodes: Map<number, number>;
}

/**
 * Watches the storage of a sweep in the process that has it: its jobs share the disk, so they are warned of it once,
 * and what lies in the results already is measured once.
 */
export class SweepStorage {
  private readonly byJob = new Map<number, Group>();
  private readonly groups = new Map<string, Group>();

  constructor(jobs: readonly CheckedJob[], options: Omit<StorageOptions, 'total'>) {
    const keyOf = ({ task: { settings, storage } }: CheckedJob): string =>
      JSON.stringify([settings.output, storage]);
    const totals = new Map<string, number>();
    for (const job of jobs) {
      totals.set(keyOf(job), (totals.get(keyOf(job)) ?? 0) + job.task.settings.episodes);
    }
    for (const each of jobs) {
      const { job, task } = each;
      const total = totals.get(keyOf(each))!;
      const group = this.groups.get(keyOf(each)) ?? {
        health: watchStorage(task.settings.output, task.storage, { ...options, total }),
        episodes: new Map<number, number>(),
      };
      this.groups.set(keyOf(each), group);
      this.byJob.set(job.job, group);
    }
  }

  /** @throws CaptureError `io` when there is too little room for another job */
  begin(job: number, runDir: string): void {
    this.byJob.get(job)!.health.begin(runDir);
  }

  /** @param progress null when it is not known */
  update(job: number, progress: JobProgress | null): void {
    const group = this.byJob.get(job)!;
    if (progress !== null) group.episodes.set(job, progress.episodes);
    group.health.update(sumOf(group));
  }

  /** @param runDir null for a job that did not get so far */
  endJob(job: number, runDir: string | null, counts: JobProgress | null): void {
    if (runDir !== null) this.byJob.get(job)!.health.endRun(runDir);
    this.update(job, counts);
  }

  end(): void {
    for (const group of this.groups.values()) group.health.end(sumOf(group));
  }

  stop(): void {
    for (const { health } of this.groups.values()) health.stop();
  }
}

const sumOf = ({ episodes }: Group): number => [...episodes.values()].reduce((sum, each) => sum + each, 0);
