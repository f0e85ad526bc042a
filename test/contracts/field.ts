import { expect, it } from 'vitest';
import type { Field } from '../../src/sim/fields/field.js';

/** What every concentration field keeps to. */
export function fieldContract(create: () => Field): void {
  const ready = async (field: Field, step: number): Promise<void> => {
    for (let loading = field.pending(step); loading !== null; loading = field.pending(step)) await loading;
  };

  it('is float32 in [0, 1] of shape (height, width), at every step', async () => {
    const field = create();
    for (let step = 0; step < 12; step++) {
      await ready(field, step);
      if (step === 0) field.reset();
      else field.advance(step);
      expect(field.data).toBeInstanceOf(Float32Array);
      expect(field.data.length).toBe(field.height * field.width);
      expect(field.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  it('shows the same after reset, however far it was', async () => {
    const field = create();
    const show = async (): Promise<number[][]> => {
      await ready(field, 0);
      field.reset();
      const frames = [[...field.data]];
      for (let step = 1; step < 9; step++) {
        await ready(field, step);
        field.advance(step);
        frames.push([...field.data]);
      }
      return frames;
    };
    expect(await show()).toEqual(await show());
  });
}
