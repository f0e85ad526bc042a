import { formatCount } from './ui.js';

const BAR_WIDTH = 24;
const TERMINAL_EVERY_MS = 100;
const LINE_EVERY_MS = 5000;

/** A bar that redraws itself on a terminal; elsewhere a line every few seconds. Silent when it ends at once. */
export class ProgressDisplay {
  private readonly stream: NodeJS.WriteStream;
  private readonly started = performance.now();
  private printed = performance.now();
  private drawn = false;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  /** @param total number of episodes there will be */
  update(episodes: number, steps: number, total: number): void {
    const now = performance.now();
    if (now - this.printed < (this.stream.isTTY ? TERMINAL_EVERY_MS : LINE_EVERY_MS)) return;
    this.printed = now;
    const rate = steps / ((now - this.started) / 1000);
    const text = `${formatCount(episodes)}/${formatCount(total)} episodes, ${formatCount(steps)} steps, ${formatCount(rate)} steps/s`;
    if (this.stream.isTTY) {
      const room = this.stream.columns - 1 - BAR_WIDTH - '[] '.length;
      const filled = Math.min(BAR_WIDTH, Math.floor((episodes / Math.max(1, total)) * BAR_WIDTH));
      this.stream.write(
        `\r[${'='.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}] ${text.slice(0, Math.max(0, room))}\u001b[K`,
      );
      this.drawn = true;
    } else {
      this.stream.write(`${text}\n`);
    }
  }

  /** Wipes the bar, so that what is printed next stands alone. */
  end(): void {
    if (this.drawn) this.stream.write('\r\u001b[K');
    this.drawn = false;
  }
}
