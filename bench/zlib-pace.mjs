// How fast zlib alone takes the bytes a capture wrote: the pace that no recorder of gzip at that level can beat.
//   node bench/zlib-pace.mjs FILE.gz LEVEL THREADS
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { deflateRawSync, gunzipSync } from 'node:zlib';

const BLOCK = 1 << 20;

if (isMainThread) {
  const [file, level, threads] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
  const text = gunzipSync(readFileSync(file));
  const shared = new Uint8Array(new SharedArrayBuffer(text.length));
  shared.set(text);
  const workers = Array.from({ length: threads }, (_, thread) => {
    return new Worker(fileURLToPath(import.meta.url), { workerData: { shared, level, threads, thread } });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const begun = performance.now();
  for (const worker of workers) worker.postMessage('go', []);
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000, bytes: text.length }));
} else {
  const { shared, level, threads, thread } = workerData;
  parentPort.once('message', () => {
    for (let at = thread * BLOCK; at < shared.length; at += threads * BLOCK) {
      deflateRawSync(shared.subarray(at, at + BLOCK), { level });
    }
    parentPort.postMessage('done', []);
  });
  parentPort.postMessage('ready', []);
}
