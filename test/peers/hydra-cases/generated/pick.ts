import fc from 'fast-check';

/** Draws from a seeded source, one call a decision: generators read as plain code. */
export interface Draw {
  /** 0 to n - 1 */
  below(n: number): number;
  /** True in about so many of a hundred cases. */
  chance(percent: number): boolean;
  of<T>(items: readonly T[]): T;
  /** One of them called, in proportion to its weight. */
  weighted<T>(choices: readonly (readonly [weight: number, make: () => T])[]): T;
  list<T>(min: number, max: number, make: (index: number) => T): T[];
}

/** An arbitrary from code that draws. */
export function drawn<T>(make: (draw: Draw) => T): fc.Arbitrary<T> {
  return fc.noBias(fc.gen()).map((generate) => {
    const below = (n: number): number => generate(fc.nat, n - 1);
    const chance = (percent: number): boolean => below(100) < percent;
    return make({
      below,
      chance,
      of: (items) => items[below(items.length)]!,
      weighted: (choices) => {
        let at = below(choices.reduce((sum, [weight]) => sum + weight, 0));
        for (const [weight, run] of choices) if ((at -= weight) < 0) return run();
        throw new Error('no choice');
      },
      list: (min, max, item) =>
        Array.from({ length: min + below(max - min + 1) }, (_none, index) => item(index)),
    });
  });
}
