import { Worker, type Transferable } from 'node:worker_threads';
import { CaptureError, type ErrorKind } from '../core/errors.js';

/** From a thread: a message of a task, its end, or what went wrong in it. */
export type FromThread<Message> =
  | { task: number; message: Message }
  | { task: number; error: PlainError | null }
  | { task: null; error: PlainError };

/** To a thread: a task, that one of its messages has been taken, or that it is to end. */
export type ToThread<Task> =
  { kind: 'task'; number: number; task: Task } | { kind: 'taken' } | { kind: 'end' };

/** What a thread is started with. */
export interface ThreadStart<Setup> {
  setup: Setup;
  /** Messages it may be ahead of what has been taken. */
  window: number;
  /** One int32, other than 0 when the thread is to end: it looks at it between two messages. */
  ended: SharedArrayBuffer;
}

/** An error as it crosses threads: ours keeps what the user is told. */
export interface PlainError {
  kind: ErrorKind | null;
  message: string;
  hint: string | undefined;
  stack: string | undefined;
}

export interface ThreadPlan<Setup, Task> {
  /** File of the built package that calls `serveTasks`. */
  entry: string;
  setup: Setup;
  /** Taken one by one as threads become free. */
  tasks: Iterable<Task>;
  threads: number;
  /** Messages a thread may be ahead; then it waits. */
  window: number;
}

/**
 * Room of a thread for new objects, in MB, in place of 48: threads make columns, which lie outside it, and a thread that
 * is ahead would fill all of it with garbage.
 */
const YOUNG_MB = 4;
/** Tasks a thread has in hand, so that it need not wait for the next one. */
const TASKS_AHEAD = 2;

/** A message of a task, or how the task ended. */
type Queued<Message> = { message: Message } | { error: PlainError | null };

/** Milliseconds a thread has to end by itself. */
const PATIENCE_MS = 5000;

interface Thread<Task> {
  worker: Worker;
  exited: Promise<void>;
  tasks: number;
  send(message: ToThread<Task>): void;
}

/**
 * Works on tasks in threads and gives their messages in the order of the tasks: all of the first, then all of the
 * second, and so on. Threads that are ahead wait, so what is held does not grow. Ending the iteration ends the threads.
 */
export class OrderedThreads<Setup, Task, Message> {
  /** Messages that have come and have not been taken. */
  queued = 0;
  private readonly plan: ThreadPlan<Setup, Task>;
  private readonly ended = new SharedArrayBuffer(4);
  private readonly pending: Iterator<Task>;
  private readonly threads: Thread<Task>[] = [];
  private readonly queues = new Map<number, { thread: Thread<Task>; messages: Queued<Message>[] }>();
  private given = 0;
  private exhausted = false;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  constructor(plan: ThreadPlan<Setup, Task>) {
    this.plan = plan;
    this.pending = plan.tasks[Symbol.iterator]();
  }

  /** Most messages there can be in the queue. */
  get capacity(): number {
    return this.plan.threads * this.plan.window;
  }

  async *messages(): AsyncGenerator<Message> {
    try {
      for (let t = 0; t < this.plan.threads; t++) this.start();
      for (let ahead = 0; ahead < TASKS_AHEAD; ahead++)
        for (const thread of this.threads) this.giveTask(thread);
      for (let task = 0; task < this.given; task++) {
        const queue = this.queues.get(task)!;
        for (;;) {
          if (queue.messages.length === 0) await this.arrival();
          if (this.failure !== null) throw this.failure;
          const next = queue.messages.shift();
          if (next === undefined) continue;
          if ('error' in next) {
            if (next.error !== null) throw fromPlain(next.error);
            break;
          }
          yield next.message;
          this.queued--;
          queue.thread.send({ kind: 'taken' });
        }
        this.queues.delete(task);
      }
    } finally {
      await this.end();
    }
  }

  /**
   * Asks the threads to end. Node aborts the whole process when a thread is terminated at the moment in which it makes
   * a zlib object, so that is left for threads that never come to look.
   */
  private async end(): Promise<void> {
    Atomics.store(new Int32Array(this.ended), 0, 1);
    for (const thread of this.threads) thread.send({ kind: 'end' });
    const patience = setTimeout(() => {
      for (const { worker } of this.threads) void worker.terminate();
    }, PATIENCE_MS);
    await Promise.all(this.threads.map(({ exited }) => exited));
    clearTimeout(patience);
  }

  private start(): void {
    const { entry, setup, window } = this.plan;
    const worker = new Worker(entry, {
      workerData: { setup, window, ended: this.ended } satisfies ThreadStart<Setup>,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    const exited = new Promise<void>((resolve) => void worker.once('exit', () => resolve()));
    const send = (message: ToThread<Task>): void => worker.postMessage(message, []);
    const thread: Thread<Task> = { worker, exited, tasks: 0, send };
    this.threads.push(thread);
    worker.on('message', (message: FromThread<Message>) => this.receive(thread, message));
    worker.on('error', (error) => this.fail(error));
    worker.on('exit', (code) =>
      this.fail(new Error(`a thread ended with exit code ${code} before its work did`)),
    );
  }

  private receive(thread: Thread<Task>, from: FromThread<Message>): void {
    if (from.task === null) return this.fail(fromPlain(from.error));
    if ('message' in from) {
      this.queued++;
      this.queues.get(from.task)!.messages.push({ message: from.message });
    } else {
      // what went wrong is said when all before it has been taken, as it would be without threads
      this.queues.get(from.task)!.messages.push({ error: from.error });
      thread.tasks--;
      this.giveTask(thread);
    }
    this.wake?.();
  }

  private giveTask(thread: Thread<Task>): void {
    const next = this.exhausted ? { done: true as const, value: undefined } : this.pending.next();
    if (next.done === true) {
      this.exhausted = true;
      return;
    }
    const number = this.given++;
    this.queues.set(number, { thread, messages: [] });
    thread.tasks++;
    thread.send({ kind: 'task', number, task: next.value });
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake?.();
  }

  private arrival(): Promise<void> {
    if (this.failure !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = null;
        resolve();
      };
    });
  }
}

export function toPlain(error: unknown): PlainError {
  if (error instanceof CaptureError) {
    return { kind: error.kind, message: error.message, hint: error.hint, stack: undefined };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: null, message, hint: undefined, stack };
}

function fromPlain({ kind, message, hint, stack }: PlainError): Error {
  if (kind !== null) return new CaptureError(kind, message, { hint });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** A message and the buffers that move with it instead of being copied. */
export interface Outgoing<Message> {
  message: Message;
  transfer: readonly Transferable[];
}
