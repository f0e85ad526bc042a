// Preloaded into a process: says at its end how much memory it had at most, in a file it is told of.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  writeFileSync(process.env.PLUME_PEAK_FILE, String(peakBytes()));
});

/** Of this program; what `resourceUsage` says includes that of the process that started it. */
function peakBytes() {
  try {
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return 1024 * process.resourceUsage().maxRSS;
  }
}
