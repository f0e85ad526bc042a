/** Most steps between two looks at the clock, and milliseconds: less than the one it tells apart. */
const LONGEST = 1024;
const STRIDE_MS = 0.25;

/** How many steps to take before the next look at the clock: slow ones one by one, quick ones do not wait for it. */
export class Stride {
  steps = 1;
  private lookedAt: number;

  constructor(now: number) {
    this.lookedAt = now;
  }

  /** @param taken whether all those steps were taken since the last look; otherwise the time says nothing */
  look(now: number, taken: boolean): void {
    const elapsed = now - this.lookedAt;
    this.lookedAt = now;
    if (!taken) return;
    if (elapsed < STRIDE_MS) this.steps = Math.min(LONGEST, this.steps * 2);
    else if (elapsed > 2 * STRIDE_MS) this.steps = Math.max(1, this.steps >> 1);
  }
}
