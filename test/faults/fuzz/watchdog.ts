import { Worker } from 'node:worker_threads';

/** No input may take that long; nothing in the thread that hangs can say so. */
const MAX_MS = 30_000;
const MAX_UNITS = 1 << 16;

const PROGRAM = `
const { workerData: { state, text, ms, name } } = require('node:worker_threads');
let last = -1;
setInterval(() => {
  const [count, bytes] = state;
  if (count !== last || bytes < 0) return void (last = count);
  const input = JSON.stringify(Buffer.from(text).toString('utf16le', 0, bytes));
  require('node:fs').writeSync(2, name + ' hangs at input ' + count + ': ' + input + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, ms);
`;

/** Ends the process, and says at which input, when one never comes to an end. */
export class Watchdog {
  readonly #state = new Int32Array(new SharedArrayBuffer(8));
  readonly #text = new SharedArrayBuffer(2 * MAX_UNITS);
  readonly #bytes = Buffer.from(this.#text);
  readonly #worker: Worker;

  constructor(name: string) {
    const workerData = { state: this.#state, text: this.#text, ms: MAX_MS, name };
    this.#state[1] = -1;
    this.#worker = new Worker(PROGRAM, { eval: true, workerData });
    this.#worker.unref();
  }

  begin(input: string): void {
    this.#state[1] = this.#bytes.write(input, 'utf16le');
    this.#state[0]!++;
  }

  async end(): Promise<void> {
    this.#state[1] = -1;
    await this.#worker.terminate();
  }
}
