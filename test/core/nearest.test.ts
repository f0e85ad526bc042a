import { describe, expect, it } from 'vitest';
import { nearest, suggest } from '../../src/core/nearest.js';

const KEYS = ['env.grid_size', 'env.max_steps', 'env.goal_radius', 'episodes', 'seed'];

describe('nearest', () => {
  it.each([
    ['env.grid_sise', 'env.grid_size'],
    ['env.gird_size', 'env.grid_size'],
    ['Episodes', 'episodes'],
    ['sed', 'seed'],
  ])('%s -> %s', (typed, meant) => {
    expect(nearest(typed, KEYS)).toBe(meant);
  });

  it('offers nothing far-fetched, and then the whole list', () => {
    expect(nearest('wavelength', KEYS)).toBeUndefined();
    expect(suggest('wavelength', ['a', 'b'])).toBe('valid: a, b');
    expect(suggest('sead', KEYS)).toBe("did you mean 'seed'?");
  });
});
