/** Steps of a run before each block of episodes: what `clock: sim` counts its time from. */
export interface StepOffsets {
  /** Steps of all blocks before this one; waits until they are known. */
  before(block: number): number;
  /** The steps of a block and of all before it. */
  settle(block: number, steps: number): void;
}

/** For blocks that come one after another. */
export class RunningOffsets implements StepOffsets {
  private steps: number;

  /** @param steps taken before the first block */
  constructor(steps: number) {
    this.steps = steps;
  }

  before(): number {
    return this.steps;
  }

  settle(_block: number, steps: number): void {
    this.steps = steps;
  }
}

/**
 * For blocks on several threads, which share the memory. A block's steps are known long before it is encoded, so
 * waiting for those before it is short; it ends, since blocks are begun in order.
 */
export class SharedOffsets implements StepOffsets {
  /** By block, one more than its steps and all before it; 0 while not known. */
  private readonly ends: BigInt64Array;
  private readonly first: number;

  static memoryFor(blocks: number): SharedArrayBuffer {
    return new SharedArrayBuffer(8 * blocks);
  }

  /** @param first steps taken before the first block */
  constructor(memory: SharedArrayBuffer, first: number) {
    this.first = first;
    this.ends = new BigInt64Array(memory);
  }

  before(block: number): number {
    if (block === 0) return this.first;
    let end = Atomics.load(this.ends, block - 1);
    while (end === 0n) {
      Atomics.wait(this.ends, block - 1, 0n);
      end = Atomics.load(this.ends, block - 1);
    }
    return Number(end) - 1;
  }

  settle(block: number, steps: number): void {
    Atomics.store(this.ends, block, BigInt(steps) + 1n);
    Atomics.notify(this.ends, block);
  }
}
