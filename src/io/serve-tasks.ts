import { parentPort, workerData } from 'node:worker_threads';
import { toPlain, type FromThread, type Outgoing, type ThreadStart, type ToThread } from './threads.js';

/** What a thread does with a task: gives messages, in order. */
export type TaskHandler<Task, Message> = (task: Task) => AsyncIterable<Outgoing<Message>>;

/**
 * The thread's side of `OrderedThreads`: works on the tasks one after another, and waits while it is ahead.
 * @param open makes the handler from what the thread was started with
 */
export function serveTasks<Task, Message>(open: (setup: never) => Promise<TaskHandler<Task, Message>>): void {
  if (parentPort === null) throw new Error('this module runs in a thread');
  const port = parentPort;
  const { setup, window, ended } = workerData as ThreadStart<never>;
  const flag = new Int32Array(ended);
  const post = (message: FromThread<Message>, transfer: readonly object[] = []): void =>
    port.postMessage(message, transfer as ArrayBuffer[]);
  let ahead = 0;
  let release: (() => void) | null = null;
  let work: Promise<TaskHandler<Task, Message> | null> = open(setup).catch((error: unknown) => {
    post({ task: null, error: toPlain(error) });
    return null;
  });

  const run = async (
    handler: TaskHandler<Task, Message> | null,
    number: number,
    task: Task,
  ): Promise<TaskHandler<Task, Message> | null> => {
    if (handler === null) return null;
    try {
      for await (const { message, transfer } of handler(task)) {
        if (Atomics.load(flag, 0) !== 0) process.exit();
        post({ task: number, message }, transfer);
        if (++ahead >= window) await new Promise<void>((resolve) => (release = resolve));
      }
      post({ task: number, error: null });
      return handler;
    } catch (error) {
      post({ task: number, error: toPlain(error) });
      return null;
    }
  };

  port.on('message', (message: ToThread<Task>) => {
    if (message.kind === 'end') process.exit();
    if (message.kind === 'task') {
      const { number, task } = message;
      work = work.then((handler) => run(handler, number, task));
      return;
    }
    ahead--;
    release?.();
    release = null;
  });
}
