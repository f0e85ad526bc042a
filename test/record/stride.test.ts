import { expect, it } from 'vitest';
import { Stride } from '../../src/record/stride.js';

/** The stride after so many looks, with steps that take `stepMs` each. */
function after(
  looks: number,
  stepMs: number,
  stride = new Stride(0),
  from = 0,
): { steps: number; now: number } {
  let now = from;
  for (let look = 0; look < looks; look++) {
    now += stride.steps * stepMs;
    stride.look(now, true);
  }
  return { steps: stride.steps, now };
}

it('takes many quick steps between two looks at the clock, and no more than a chunk can wait for', () => {
  expect(after(20, 0.0001).steps).toBe(1024);
});

it('looks after every slow step, also when they were quick before', () => {
  expect(after(20, 5).steps).toBe(1);
  const stride = new Stride(0);
  const { now } = after(20, 0.0001, stride);
  expect(after(20, 5, stride, now).steps).toBe(1);
});

it('stays below the millisecond that ts tells apart', () => {
  for (const stepMs of [0.003, 0.01, 0.07, 0.2]) {
    const { steps } = after(30, stepMs);
    expect(steps * stepMs).toBeLessThanOrEqual(0.5);
  }
});

it('learns nothing from an episode that ended before', () => {
  const stride = new Stride(0);
  for (let look = 1; look < 20; look++) stride.look(look * 0.01, false);
  expect(stride.steps).toBe(1);
});
