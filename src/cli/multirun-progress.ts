import { formatCount } from './ui.js';

const EVERY_MS = 100;

/** `checking 12,000/20,000 jobs`, on a terminal only; silent when it ends at once. */
export class CheckProgress {
  private readonly stream: NodeJS.WriteStream;
  private readonly total: number;
  private printed = performance.now();
  private drawn = false;

  constructor(stream: NodeJS.WriteStream, total: number) {
    this.stream = stream;
    this.total = total;
  }

  update(done: number): void {
    const now = performance.now();
    if (!this.stream.isTTY || now - this.printed < EVERY_MS) return;
    this.printed = now;
    this.drawn = true;
    const text = `checking ${formatCount(done)}/${formatCount(this.total)} jobs`;
    this.stream.write(`\r${text.slice(0, this.stream.columns - 1)}\u001b[K`);
  }

  /** Wipes it, so that what is printed next stands alone. */
  end(): void {
    if (this.drawn) this.stream.write('\r\u001b[K');
    this.drawn = false;
  }
}
