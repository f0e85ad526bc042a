import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStepBatch, type Column } from '../../src/core/batch.js';
import {
  EXTRA_COLUMN_NAMES,
  FULL_RECORDING,
  OMITTABLE,
  streamsOf,
  type Recording,
} from '../../src/core/streams.js';
import { configs, seeds } from './configs.js';
import { MemoryFrames, playing, simulationOf, type PlainConfig } from './support.js';

type Columns = Record<string, number[] | null>;

const plain = (column: Column | null, rows: number): number[] | null => {
  if (column === null) return null;
  if ('codes' in column) return [...column.codes.subarray(0, rows)];
  return 'width' in column
    ? [...column.values.subarray(0, rows * column.width)]
    : [...column.subarray(0, rows)];
};

/** Every column of one whole episode, recorded so, filled `capacity` rows at a time. */
async function columnsOf(
  config: PlainConfig,
  recording: Partial<Recording>,
  seed = 0,
  capacity = 4096,
): Promise<Columns> {
  const simulation = simulationOf(config);
  const { steps } = streamsOf({ ...FULL_RECORDING, ...recording });
  const all: Columns = {};
  simulation.begin(seed, 0);
  for (let state = 'full'; state !== 'over';) {
    const batch = createStepBatch(capacity, simulation.observationWidth, steps);
    do {
      state = simulation.fill(batch, capacity);
      if (state === 'waiting') await simulation.pending();
    } while (state === 'waiting');
    for (const [name, column] of Object.entries<Column | null>(batch.columns)) {
      const values = plain(column, batch.rows);
      all[name] = values === null ? null : [...(all[name] ?? []), ...values];
    }
  }
  return all;
}

const FORWARD = 0;
const LEFT = 1;
const RIGHT = 2;

/** A walk into the lower left corner of a 5x4 grid: the first forward goes right, each after a left turn elsewhere. */
const WALK = [FORWARD, LEFT, LEFT, FORWARD, FORWARD, FORWARD, LEFT, FORWARD, FORWARD, RIGHT, RIGHT, RIGHT];
const env = {
  action_type: 'oriented',
  grid_size: [5, 4],
  start_location: [1, 1],
  source_location: [4, 3],
  goal_radius: 0,
  plume_sigma: 2,
};

describe('along a walk', () => {
  it('orientation and velocity', async () => {
    const columns = await columnsOf(playing(env, WALK), { columns: ['orientation', 'velocity'] });
    expect(columns['agent_x']).toEqual([2, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(columns['agent_y']).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect(columns['orientation']).toEqual([0, 90, 180, 180, 180, 180, 270, 270, 270, 180, 90, 0]);
    // against the walls the agent stays where it is
    expect(columns['velocity_x']).toEqual([1, 0, 0, -1, -1, 0, 0, 0, 0, 0, 0, 0]);
    expect(columns['velocity_y']).toEqual([0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0]);
    expect(columns).not.toHaveProperty('gradient_x');
  });

  it('velocity of strides longer than a cell, cut short by the wall', async () => {
    const columns = await columnsOf(playing({ ...env, step_size: 3 }, [FORWARD, FORWARD, LEFT, FORWARD]), {
      columns: ['velocity'],
    });
    expect(columns['velocity_x']).toEqual([3, 0, 0, 0]);
    expect(columns['velocity_y']).toEqual([0, 0, 0, 2]);
  });

  it('concentration and gradient of the Gaussian', async () => {
    const columns = await columnsOf(playing(env, WALK), { columns: ['concentration', 'gradient'] });
    const at = (x: number, y: number): number => Math.exp(-((x - 4) ** 2 + (y - 3) ** 2) / 8);
    const expected = {
      // in the middle, beside the left wall, in the lower left corner
      2: [at(2, 1), (at(3, 1) - at(1, 1)) / 2, (at(2, 2) - at(2, 0)) / 2],
      5: [at(0, 1), at(1, 1) - at(0, 1), (at(0, 2) - at(0, 0)) / 2],
      8: [at(0, 0), at(1, 0) - at(0, 0), at(0, 1) - at(0, 0)],
    };
    for (const [row, values] of Object.entries(expected)) {
      const found = ['concentration', 'gradient_x', 'gradient_y'].map((name) => columns[name]![Number(row)]!);
      values.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));
    }
  });
});

it('along a movie: each step has the frame it shows', async () => {
  const frames = new MemoryFrames([3, 3, 4], (f, y, x) => (x * x + 8 * y + f) / 64);
  const movie = { ...env, grid_size: null, plume: 'movie', source_location: [3, 2], start_location: [0, 0] };
  const actions = [FORWARD, FORWARD, LEFT, FORWARD, FORWARD, RIGHT, FORWARD];
  const config = { ...playing(movie, actions), movie: { path: 'movie.zarr' }, frames };
  const columns = await columnsOf(
    { ...config, env: { ...movie, goal_radius: 0 } },
    {
      columns: ['gradient', 'concentration'],
    },
  );
  expect(columns['agent_x']).toEqual([1, 2, 2, 2, 2, 2, 3]);
  expect(columns['agent_y']).toEqual([0, 0, 0, 1, 2, 2, 2]);
  const frame = [1, 2, 0, 1, 2, 0, 1];
  const expected = frame.map((f, i) => columns['agent_x']![i]! ** 2 + 8 * columns['agent_y']![i]! + f);
  expect(columns['concentration']).toEqual(expected.map((value) => value / 64));
  // (3*3 - 1*1) / 2 in the middle, 3*3 - 2*2 at the right edge; y is linear, so edges are no different
  expect(columns['gradient_x']).toEqual([2, 4, 4, 4, 4, 4, 5].map((value) => value / 64));
  expect(columns['gradient_y']).toEqual(frame.map(() => 8 / 64));
});

it('a grid one cell wide has no gradient across it', async () => {
  const narrow = { ...env, grid_size: [1, 3], start_location: [0, 1], source_location: [0, 0] };
  const columns = await columnsOf(playing(narrow, [LEFT, LEFT]), { columns: ['gradient'] });
  expect(columns['gradient_x']).toEqual([0, 0]);
  expect(columns['gradient_y']![0]).toBeLessThan(0);
});

describe('wind', () => {
  it('is the one the sensor senses, without its noise', async () => {
    const wind = { enabled: true, direction_deg: 30, speed: 2, noise_std: 0.5 };
    const config = playing({ ...env, wind }, [FORWARD, FORWARD]);
    const columns = await columnsOf(config, { columns: ['wind'] });
    expect(columns['wind_x']).toEqual([1, 1].map(() => Math.fround(2 * Math.cos(Math.PI / 6))));
    expect(columns['wind_y']).toEqual([1, 1].map(() => Math.fround(-2 * Math.sin(Math.PI / 6))));
  });

  it('that blows along x has no -0 in y', async () => {
    const columns = await columnsOf(playing({ ...env, wind: { enabled: true } }, [0]), { columns: ['wind'] });
    expect(Object.is(columns['wind_y']![0], 0)).toBe(true);
  });

  it('is asked for in vain where there is none', async () => {
    await expect(columnsOf(playing(env, [0]), { columns: ['wind'] })).rejects.toThrow(
      "record.columns 'wind' needs wind",
    );
  });
});

describe('for every configuration', () => {
  it('extra columns change no other, and are as they should be', async () => {
    await fc.assert(
      fc.asyncProperty(configs, seeds, async (config, seed) => {
        const base = await columnsOf(config, {}, seed);
        const columns = await columnsOf(config, { columns: EXTRA_COLUMN_NAMES }, seed);
        expect(columns).toMatchObject(base);
        expect(await columnsOf(config, { columns: EXTRA_COLUMN_NAMES }, seed, 7)).toEqual(columns);
        for (const values of Object.values(columns)) {
          expect(values!.every((value) => Number.isFinite(value) && !Object.is(value, -0))).toBe(true);
        }
        expect(columns['orientation']!.every((degrees) => degrees >= 0 && degrees < 360)).toBe(true);
        expect(columns['agent_id']!.every((id) => id === 0)).toBe(true);
        expect(columns['concentration']!.every((value) => value >= 0 && value <= 1)).toBe(true);
        for (const axis of ['x', 'y']) {
          const [position, velocity] = [columns[`agent_${axis}`]!, columns[`velocity_${axis}`]!];
          const moved = position.slice(1).map((value, i) => value - position[i]!);
          expect(velocity.slice(1)).toEqual(moved);
        }
      }),
    );
  });

  it('columns that are left out are null, and the others as ever', async () => {
    await fc.assert(
      fc.asyncProperty(configs, seeds, fc.subarray([...OMITTABLE]), async (config, seed, omitted) => {
        const left = Object.fromEntries(omitted.map((name) => [name, null]));
        expect(await columnsOf(config, { omitted }, seed)).toEqual({
          ...(await columnsOf(config, {}, seed)),
          ...left,
        });
      }),
      { numRuns: 30 },
    );
  });
});
