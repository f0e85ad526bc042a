import { describe, expect, it } from 'vitest';
import { CaptureError } from '../../src/core/errors.js';
import { parseActions } from '../../src/sim/policies/scripted.js';
import { MemoryFrames, playing, simulationOf, type PlainConfig } from './support.js';

function failure(act: () => unknown): CaptureError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(CaptureError);
    return error as CaptureError;
  }
  throw new Error('nothing was refused');
}

const oriented = { action_type: 'oriented' };
const follower = { name: 'temporal_derivative' };
const frames = new MemoryFrames([2, 5, 9], () => 0);
const stated = (metadata: object): MemoryFrames => {
  const movie = new MemoryFrames([2, 5, 9], () => 0);
  movie.metadata = { ...movie.metadata, ...metadata };
  return movie;
};
const movie = { env: { plume: 'movie' } };

const IMPOSSIBLE: [string, PlainConfig, RegExp][] = [
  [
    'source outside',
    { env: { source_location: [128, 0] } },
    /^env\.source_location \[128, 0\].* 128x128 grid$/,
  ],
  ['negative source', { env: { source_location: [0, -1] } }, /env\.source_location \[0, -1\]/],
  [
    'start outside',
    { env: { grid_size: [5, 9], start_location: [5, 8] } },
    /env\.start_location \[5, 8\].* 5x9/,
  ],
  ['grid too large', { env: { grid_size: [100000, 100000] } }, /env\.grid_size \[100000, 100000\]/],
  ['follower, discrete', { policy: follower }, /'temporal_derivative'.*env\.action_type 'discrete'/],
  [
    'follower, tumbling',
    { env: { action_type: 'run_tumble' }, policy: follower },
    /env\.action_type 'run_tumble'/,
  ],
  [
    'follower, wind',
    { env: { ...oriented, observation_type: 'wind_vector', wind: { enabled: true } }, policy: follower },
    /env\.observation_type 'wind_vector'/,
  ],
  [
    'follower, antennae without index',
    { env: { ...oriented, observation_type: 'antennae' }, policy: { name: 'surge_and_cast' } },
    /policy\.sensor_index is required.*'antennae'/,
  ],
  [
    'follower, no such sensor',
    { env: { ...oriented, observation_type: 'antennae' }, policy: { ...follower, sensor_index: 2 } },
    /policy\.sensor_index 2/,
  ],
  [
    'follower, one sensor only',
    { env: oriented, policy: { ...follower, sensor_index: 1 } },
    /policy\.sensor_index 1/,
  ],
  ['wind sensed, none blowing', { env: { observation_type: 'wind_vector' } }, /'wind_vector' needs wind/],
  ['movie without frames', movie, /env\.plume 'movie' needs a movie/],
  ['movie of another size', { env: { plume: 'movie', grid_size: [5, 9] }, frames }, /\[5, 9\].*\[9, 5\]/],
  [
    'other fps',
    { ...movie, movie: { path: 'm', fps: 30 }, frames: stated({ fps: 60 }) },
    /movie\.fps is 30 .*'m' states 60/,
  ],
  [
    'other origin',
    { ...movie, movie: { path: 'm', origin: [0, 1] }, frames: stated({ origin: [0, 0] }) },
    /movie\.origin is \[0,1\].*\[0,0\]/,
  ],
  [
    'other pixels',
    { ...movie, movie: { path: 'm', pixel_to_grid: [2, 2] }, frames: stated({ pixel_to_grid: [1, 1] }) },
    /movie\.pixel_to_grid/,
  ],
  [
    'other extent',
    { ...movie, movie: { path: 'm', extent: [2, 2] }, frames: stated({ extent: [5, 9] }) },
    /movie\.extent/,
  ],
];

describe('a configuration that cannot be is refused', () => {
  it.each(IMPOSSIBLE)('%s', (_name, config, message) => {
    const error = failure(() => simulationOf(config));
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
    expect(error.kind).toBe('config');
  });

  it('but metadata the dataset states alike, or not at all, is not', () => {
    const config = { path: 'm', fps: 60, origin: [1, 2] };
    simulationOf({ ...movie, movie: config, frames: stated({ fps: 60 }) });
    simulationOf({ ...movie, movie: config, frames });
  });
});

describe('scripted actions', () => {
  it.each([
    [[0, 4], /'actions\.json', episode 1: action 4 at index 1 is not one of 0 to 3/],
    [[-1], /action -1 at index 0/],
    [[], /no actions for episode 1/],
  ])('%j', (actions, message) => {
    const error = failure(() => simulationOf(playing({}, actions)));
    expect(error.message).toMatch(message);
    expect(error.kind).toBe('input');
  });

  it('name the episode', () => {
    const config = { ...playing({ action_type: 'run_tumble' }, []), actions: [[0], [1, 2]] };
    expect(failure(() => simulationOf(config)).message).toMatch(/episode 2: action 2 at index 1/);
    const none = { ...playing({}, []), actions: [] };
    expect(failure(() => simulationOf(none)).message).toBe("'actions.json' has no actions");
  });

  it('must be handed in', () => {
    const config = { policy: { name: 'scripted', actions_file: 'actions.json' } };
    expect(() => simulationOf(config)).toThrow(/were not handed/);
  });
});

describe('parseActions', () => {
  it.each([
    [[0, 1], [[0, 1]]],
    [
      [[0], [1, 2]],
      [[0], [1, 2]],
    ],
    [[], [[]]],
    [[[]], [[]]],
  ])('%j', (json, expected) => {
    expect(parseActions(json, 'a.json')).toEqual(expected);
  });

  it.each([
    [null, /'a\.json' is not a list of actions: found null for episode 1/],
    [{ actions: [0] }, /found \{"actions":\[0\]\}/],
    [7, /found 7/],
    [[0, 'x'], /found "x" in episode 1 at index 1/],
    [[0, 1.5], /found 1\.5 in episode 1 at index 1/],
    [[0, [1]], /found \[1\] in episode 1 at index 1/],
    [[[0], 1], /found 1 for episode 2/],
    [[[0], [1, null]], /found null in episode 2 at index 1/],
  ])('%j is refused', (json, message) => {
    const error = failure(() => parseActions(json, 'a.json'));
    expect(error.message).toMatch(message);
    expect([error.kind, error.hint]).toEqual(['input', expect.stringContaining('[0, 1, 2]')]);
  });
});
