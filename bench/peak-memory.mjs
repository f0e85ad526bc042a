// Loaded before a program (--import): says in the file PLUME_BENCH_PEAK how much memory the process had at most, in MB.
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('exit', () => {
    writeFileSync(process.env.PLUME_BENCH_PEAK, String((process.resourceUsage().maxRSS * 1024) / 1e6));
  });
}
