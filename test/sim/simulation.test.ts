import { describe, expect, it } from 'vitest';
import { createStepBatch } from '../../src/core/batch.js';
import { Generator } from '../../src/sim/rng/generator.js';
import { MemoryFrames, playing, rowsOf, run, simulationOf } from './support.js';
import { fields } from '../../src/sim/fields/index.js';
import { movieSchema } from '../../src/sim/config.js';

describe('defaults', () => {
  it.each([
    [{}, [128, 128], [64, 64]],
    [{ grid_size: [8, 100] }, [8, 100], [7, 64]],
    [{ grid_size: [200, 1], source_location: [3, 0] }, [200, 1], [3, 0]],
  ])('%j', (env, grid, source) => {
    const simulation = simulationOf({ env });
    expect([simulation.gridWidth, simulation.gridHeight]).toEqual(grid);
    expect([simulation.sourceX, simulation.sourceY]).toEqual(source);
    expect(simulation.goalRadius).toBe(5);
  });

  it('a goal radius of 0 is float32 epsilon', () => {
    expect(simulationOf({ env: { goal_radius: 0 } }).goalRadius).toBe(1.1920928955078125e-7);
  });

  it.each([
    ['concentration', 1],
    ['antennae', 2],
    ['wind_vector', 2],
  ])('%s has %d values', (observation_type, width) => {
    const simulation = simulationOf({ env: { observation_type, wind: { enabled: true } } });
    expect(simulation.observationWidth).toBe(width);
  });
});

describe('fill', () => {
  it('appends to what the batch holds and leaves the recorder its columns', () => {
    const simulation = simulationOf({ env: { max_steps: 3, grid_size: [30, 30], goal_radius: 0 } });
    const batch = createStepBatch(16, 1);
    simulation.begin(1, 0);
    expect(simulation.fill(batch, 16)).toBe('over');
    simulation.begin(2, 1);
    expect(simulation.fill(batch, 16)).toBe('over');
    expect(rowsOf(batch).step).toEqual([1, 2, 3, 1, 2, 3]);
    expect(rowsOf(batch).seed).toEqual([1, 1, 1, 2, 2, 2]);
    expect(batch.columns.ts.every((ts) => ts === 0)).toBe(true);
  });

  it('says over, not full, when the last step takes the last row', () => {
    const simulation = simulationOf({ env: { max_steps: 3, goal_radius: 0 } });
    const batch = createStepBatch(3, 1);
    simulation.begin(1, 0);
    expect(simulation.fill(batch, 2)).toBe('full');
    expect(simulation.fill(batch, 2)).toBe('full');
    expect(simulation.fill(batch, 3)).toBe('over');
    expect(simulation.fill(batch, 3)).toBe('over');
    expect(batch.rows).toBe(3);
  });

  it('never writes -0: wind without a y component', async () => {
    const env = { observation_type: 'wind_vector', max_steps: 2, wind: { enabled: true, speed: 2 } };
    const rows = await run(simulationOf({ env }), 0);
    expect(rows.observation.slice(0, 2)).toEqual([2, 0]);
    expect(Object.is(rows.observation[1], 0)).toBe(true);
  });
});

it('wind noise is rounded to float32 before it is added, as in plume_nav_sim', async () => {
  const wind = { enabled: true, vector: [0.1, -0.3], noise_std: 0.7 };
  const env = { observation_type: 'wind_vector', start_location: [0, 0], grid_size: [99, 99], wind };
  const { observation } = await run(simulationOf({ env }), 11);
  const rng = new Generator(11);
  // The start is given and draws nothing; the observation at reset draws two.
  const noise = [...observation, 0, 0].map(() => Math.fround(rng.normal(0, 0.7))).slice(2);
  const expected = noise.map((value, i) => Math.fround(Math.fround(i % 2 === 0 ? 0.1 : -0.3) + value));
  expect(observation).toEqual(expected);
});

describe('scripted', () => {
  const env = { start_location: [2, 2], source_location: [0, 0], goal_radius: 0, grid_size: [9, 9] };

  it('is truncated when the actions run out', async () => {
    const rows = await run(simulationOf(playing(env, [0, 1, 1])), 0);
    expect(rows.action).toEqual([0, 1, 1]);
    expect(rows.truncated).toEqual([0, 0, 1]);
  });

  it('is terminated, not truncated, when they run out at the source, and both at max_steps', async () => {
    const home = [3, 3, 2, 2];
    const rows = await run(simulationOf(playing(env, home)), 0);
    expect([rows.terminated, rows.truncated]).toEqual([
      [0, 0, 0, 1],
      [0, 0, 0, 0],
    ]);
    const both = await run(simulationOf(playing({ ...env, max_steps: 4 }, home)), 0);
    expect([both.terminated[3], both.truncated[3]]).toEqual([1, 1]);
  });

  it('plays a list an episode', async () => {
    const config = { ...playing(env, []), actions: [[0], [1, 1], [2]] };
    const simulation = simulationOf(config);
    expect((await run(simulation, 0, 1)).action).toEqual([1, 1]);
    expect((await run(simulation, 0, 0)).action).toEqual([0]);
    expect(() => simulation.begin(0, 3)).toThrow(/actions for 3 episodes, none for episode 4/);
  });

  it('plays a single list in every episode', async () => {
    const simulation = simulationOf(playing(env, [0, 0]));
    expect((await run(simulation, 0, 7)).action).toEqual([0, 0]);
  });
});

describe('movie plume', () => {
  const frames = (room?: number) => new MemoryFrames([3, 2, 2], (f) => f / 4, room);
  const config = (step_policy: string, movieFrames: MemoryFrames) => ({
    ...playing(
      { plume: 'movie', source_location: [0, 0], start_location: [1, 1], goal_radius: 0 },
      [0, 0, 0, 0, 0, 0, 0],
    ),
    movie: { path: 'movie.zarr', step_policy },
    frames: movieFrames,
  });

  it.each([
    ['wrap', [0.25, 0.5, 0, 0.25, 0.5, 0, 0.25]],
    ['clamp', [0.25, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]],
  ])('%s', async (policy, expected) => {
    expect((await run(simulationOf(config(policy, frames())), 0)).observation).toEqual(expected);
  });

  it('waits for frames: the first before the start, then each', async () => {
    const simulation = simulationOf(config('wrap', frames(1)));
    const batch = createStepBatch(10, 1);
    const seen: [string, number][] = [];
    simulation.begin(0, 0);
    for (let state = ''; state !== 'over'; await simulation.pending()) {
      state = simulation.fill(batch, 10);
      seen.push([state, batch.rows]);
    }
    expect(seen.slice(0, 3)).toEqual([
      ['waiting', 0],
      ['waiting', 0],
      ['waiting', 1],
    ]);
    expect(seen.at(-1)).toEqual(['over', 7]);
  });

  it('lets a failed load through', async () => {
    const broken = frames();
    broken.load = () => Promise.reject(new Error('disk on fire'));
    const simulation = simulationOf(config('wrap', broken));
    simulation.begin(0, 0);
    expect(simulation.fill(createStepBatch(1, 1), 1)).toBe('waiting');
    await expect(simulation.pending()).rejects.toThrow('disk on fire');
  });

  it('takes the grid from the frames', () => {
    const { gridWidth, gridHeight } = simulationOf({
      env: { plume: 'movie' },
      frames: new MemoryFrames([1, 5, 9], () => 0),
    });
    expect([gridWidth, gridHeight]).toEqual([9, 5]);
  });
});

it('the static plume is the reference Gaussian at every distance', () => {
  const movie = movieSchema.parse({});
  const inputs = { gridSize: [40, 30] as const, sigma: 7.5, movie, frames: null };
  const { data } = fields.get('static').create(inputs, [40, 30], 11, 22);
  for (let y = 0; y < 30; y++) {
    for (let x = 0; x < 40; x++) {
      const exact = Math.exp(-((x - 11) ** 2 + (y - 22) ** 2) / (2 * 7.5 ** 2));
      expect(Math.abs(data[y * 40 + x]! - exact)).toBeLessThan(1e-6 * exact + 1e-7);
    }
  }
  expect(data[22 * 40 + 11]).toBe(1);
});
