import { describe, expect, it } from 'vitest';
import { openWalk, walk } from '../fixtures/walk.js';

describe('a step', () => {
  it.each<[string, object, string]>([
    ['a position between cells', { position: [1.5, 2] }, 'position[0] is 1.5, expected an integer'],
    ['a position of three', { position: [1, 2, 3] }, 'position is [ 1, 2, 3 ], expected [x, y]'],
    ['a position in words', { position: '11' }, "position is '11', expected [x, y]"],
    [
      'a position of big integers',
      { position: BigInt64Array.of(1n, 2n) },
      'position[0] is 1n, expected an integer',
    ],
    ['no position', { position: undefined }, 'position is not given, expected [x, y]'],
    ['a reward that is none', { reward: Number.NaN }, 'reward is NaN, expected a finite number'],
    ['no reward', { reward: undefined }, 'reward is not given, expected a finite number'],
    ['an action that is none', { action: 'left' }, "action is 'left', expected an integer"],
    [
      'a distance that is none',
      { distance_to_goal: Number.NaN },
      'distance_to_goal is NaN, expected a finite',
    ],
    [
      'a distance below zero',
      { distance_to_goal: -1 },
      'distance_to_goal is -1, expected a finite number >= 0',
    ],
    ['an endless distance', { distance_to_goal: Infinity }, 'distance_to_goal is Infinity'],
    ['a time that is none', { timestamp: Number.NaN }, 'timestamp is NaN, expected a finite number'],
    ['a time in words', { timestamp: 'x' }, "timestamp is 'x', expected a finite number"],
    ['an end in words', { terminated: 'no' }, "terminated is 'no', expected true or false"],
    ['an end as a number', { truncated: 0 }, 'truncated is 0, expected true or false'],
    ['a done that is null', { done: null }, 'done is null, expected true or false'],
    ['a field it does not know', { rewards: 1 }, "'rewards' is no field of a step, did you mean 'reward'"],
    ['a column nobody asked for', { wind: [0, 1] }, 'wind would not be recorded'],
    ['a concentration beside the observation', { concentration: 1 }, 'concentration would not be recorded'],
    ['another width of observations', { observation: [1] }, 'observation has 1 values, expected 2'],
    ['an observation that is none', { observation: [1, NaN] }, 'observation[1] is NaN, expected a finite'],
    ['an observation in words', { observation: 'ab' }, "observation is 'ab', expected a list of numbers"],
    ['no orientation', { orientation: undefined }, 'orientation is missing'],
    [
      'an orientation all around',
      { orientation: 360 },
      'orientation is 360, expected a number >= 0 and < 360',
    ],
    ['an agent below zero', { agent_id: -1 }, 'agent_id is -1, expected a finite number >= 0'],
    ['half an agent', { agent_id: 0.5 }, 'agent_id is 0.5, expected an integer'],
    ['a velocity of one', { velocity: [1] }, 'velocity is [ 1 ], expected [x, y]'],
    ['a velocity that is none', { velocity: [1, '2'] }, "velocity[1] is '2', expected a finite number"],
  ])('with %s is refused, and the run goes on', async (_what, change, message) => {
    const columns = ['orientation', 'agent_id', 'velocity'];
    const recorder = await openWalk([1], { record: { columns } });
    const good = { ...[...walk(0)][0]!, orientation: 45, agent_id: 0, velocity: [1, 1] };
    await recorder.recordStep(good);
    await expect(recorder.recordStep({ ...good, ...change })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(`step 2: ${message}`),
    });
    await recorder.recordStep({ ...good, position: [2, 2] });
    await recorder.recordStep({ ...good, position: [9, 9], reward: 1, velocity: [7, 7], done: true });
    await recorder.recordEpisode();
    const { status, validation } = await recorder.close();
    expect(status).toBe('complete');
    expect(validation.counts).toEqual({ episodes: 1, steps: 3 });
  });

  it('is refused where it is no mapping', async () => {
    const recorder = await openWalk([1]);
    for (const step of [null, undefined, 7]) {
      await expect(recorder.recordStep(step as never)).rejects.toMatchObject({ kind: 'input' });
    }
  });

  it.each([
    ['without an observation', { observation: undefined, concentration: 0.5 }, true],
    ['as a column that is asked for', { concentration: 0.5 }, false],
  ])('may have a concentration %s', async (_what, change, alone) => {
    const recorder = await openWalk([1], { record: { columns: alone ? [] : ['concentration'] } });
    await recorder.recordStep({ ...[...walk(8)][0]!, ...change } as never);
    await recorder.recordEpisode();
    expect(await recorder.close()).toMatchObject({ status: 'complete', validation: { findings: [] } });
  });
});
