/** What a job has done so far. */
export interface JobProgress {
  episodes: number;
  steps: number;
}

/** A process that takes jobs one after another. */
export interface JobWorker<Task, End> {
  /** Whether it can take a job. */
  readonly alive: boolean;
  /**
   * Runs a job to its end. The job has its run directory when `onStart` is called and records nothing until that
   * is through.
   * @throws WorkerLost when the process ends before the job
   */
  run(
    task: Task,
    watch: {
      readonly onStart: (runDir: string) => Promise<void>;
      readonly onProgress: (progress: JobProgress) => void;
    },
  ): Promise<End>;
  /** Ends the job at work early and in order. */
  abort(): void;
  /** Lets the process go; it is at no job. */
  end(): void;
}

/** The process of a worker ended while it was at a job; the message says how. */
export class WorkerLost extends Error {
  /** Run directory of the job, once it had one. */
  readonly runDir: string | null;

  constructor(message: string, runDir: string | null) {
    super(message);
    this.name = 'WorkerLost';
    this.runDir = runDir;
  }
}

export interface PoolOptions<Job, Task, End> {
  /** Jobs at the same time. */
  concurrency: number;
  startWorker: () => JobWorker<Task, End>;
  taskOf: (job: Job) => Task;
  /** Aborting starts no more jobs and ends those at work in order. */
  signal: AbortSignal;
  onStart: (job: Job, runDir: string) => Promise<void>;
  onProgress: (job: Job, progress: JobProgress) => void;
  onEnd: (job: Job, end: End | WorkerLost) => Promise<void>;
}

/**
 * Runs the jobs in order, each in one of the workers, which are started when they are needed and replaced when they
 * are lost. Where `onStart` or `onEnd` fails (the ledger cannot be written) the others are ended in order first.
 */
export async function runJobs<Job, Task, End>(
  jobs: readonly Job[],
  options: PoolOptions<Job, Task, End>,
): Promise<void> {
  const failure = new AbortController();
  const stop = AbortSignal.any([options.signal, failure.signal]);
  const queue = [...jobs];
  const lane = async (): Promise<void> => {
    try {
      await runLane(queue, options, stop);
    } catch (error) {
      failure.abort();
      throw error;
    }
  };
  const lanes = Array.from({ length: Math.min(options.concurrency, jobs.length) }, lane);
  for (const ended of await Promise.allSettled(lanes)) {
    if (ended.status === 'rejected') throw ended.reason;
  }
}

/** One worker at a time, from the queue that all lanes share. */
async function runLane<Job, Task, End>(
  queue: Job[],
  { startWorker, taskOf, onStart, onProgress, onEnd }: PoolOptions<Job, Task, End>,
  stop: AbortSignal,
): Promise<void> {
  let worker: JobWorker<Task, End> | null = null;
  const abort = (): void => worker?.abort();
  stop.addEventListener('abort', abort);
  try {
    while (!stop.aborted) {
      const job = queue.shift();
      if (job === undefined) return;
      if (worker?.alive !== true) worker = startWorker();
      const end = await worker
        .run(taskOf(job), {
          onStart: (runDir) => onStart(job, runDir),
          onProgress: (progress) => onProgress(job, progress),
        })
        .catch((error: unknown) => {
          if (error instanceof WorkerLost) return error;
          throw error;
        });
      await onEnd(job, end);
    }
  } finally {
    stop.removeEventListener('abort', abort);
    worker?.end();
  }
}
