import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../src/record/recorder-options.js';
import { openWalk, walkOptions } from '../fixtures/walk.js';

const ENVIRONMENT = { gridSize: [10, 10], source: [9, 9], maxSteps: 50, goalRadius: 1 };

describe('options of a recorder', () => {
  it.each<[string, object, string]>([
    ['a seed below zero', { seeds: [1, -1] }, 'seeds[1]: expected an integer >= 0, not -1'],
    ['a seed between integers', { seeds: [1.5] }, 'seeds[0]: expected an integer >= 0, not 1.5'],
    ['no seed', { seeds: [] }, 'seeds: expected a seed for each episode to come'],
    ['seeds that are no list', { seeds: 3 }, 'seeds: expected a list, not 3'],
    ['no environment', { environment: undefined }, 'environment is not given, expected a mapping'],
    ['no source', { environment: { ...ENVIRONMENT, source: undefined } }, 'environment.source is not given'],
    [
      'a source outside the grid',
      { environment: { ...ENVIRONMENT, source: [9, 10] } },
      'environment.source: expected a cell of the 10x10 grid, not [ 9, 10 ]',
    ],
    [
      'a grid of one side',
      { environment: { ...ENVIRONMENT, gridSize: [10] } },
      'environment.gridSize: expected a list of 2',
    ],
    [
      'a radius that is none',
      { environment: { ...ENVIRONMENT, goalRadius: NaN } },
      'environment.goalRadius: expected a number >= 0, not NaN',
    ],
    ['an option it does not know', { seed: [1] }, "unknown option 'seed', did you mean 'seeds'?"],
    [
      'an unknown option of the environment',
      { environment: { ...ENVIRONMENT, goal_radius: 1 } },
      "unknown option 'environment.goal_radius', did you mean 'goalRadius'?",
    ],
    [
      'an unknown option of the record',
      { record: { performance: { buffer: { max_record: 1 } } } },
      "unknown option 'record.performance.buffer.max_record', did you mean 'max_records'?",
    ],
    ['an unknown column', { record: { columns: ['orientatoin'] } }, "did you mean 'orientation'?"],
    ['an unknown backend', { record: { backend: 'sqlit' } }, 'sqlite'],
    [
      'a backend that records nothing',
      { record: { backend: 'none' } },
      "record.backend: 'none' records nothing",
    ],
    [
      'threads, which it does not have',
      { record: { performance: { async_io: { enabled: true } } } },
      'record.performance.async_io: applies to capture only',
    ],
    [
      'Parquet beside Parquet',
      { parquet: true, record: { backend: 'parquet' } },
      'parquet: expected false, since record.backend is parquet, not true',
    ],
    ['a name of a folder outside', { experiment: '../x' }, "experiment '../x' is not a valid name"],
    ['something that is not JSON', { config: { agent: () => 1 } }, 'config.agent: expected plain JSON'],
    [
      'a number that JSON does not have',
      { config: { rate: [Infinity] } },
      'config.rate: expected plain JSON',
    ],
  ])('with %s are refused in one line, and there is no run', async (_what, change, message) => {
    const options = walkOptions([1], change);
    const opening = openWalk([1], options);
    await expect(opening).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(/^[^\n]+$/),
    });
    const error = (await opening.catch((reason: unknown) => reason)) as Error;
    expect(error.message).toContain(message);
    expect(existsSync(`${options.output}/walk`)).toBe(false);
  });

  it('that are wrong in many places name the first of them', () => {
    const seeds = Array.from({ length: 9 }, () => -1);
    expect(() => checkOptions(walkOptions(seeds))).toThrow(
      /^seeds\[0\]: .*; seeds\[4\]: expected an integer >= 0, not -1; and 4 more$/,
    );
    expect(() => checkOptions(undefined)).toThrow('options are not given');
  });

  it('may be undefined where they may be left out', () => {
    const options = {
      ...walkOptions([1]),
      ...{ runId: undefined, record: undefined, parquet: undefined, config: { agent: undefined } },
      environment: { ...ENVIRONMENT, sigma: undefined },
    };
    expect(checkOptions(options)).toMatchObject({ runId: null, parquet: false, config: {} });
  });
});
