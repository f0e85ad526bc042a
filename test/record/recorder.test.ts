import { describe, expect, it } from 'vitest';
import { Recorder } from '../../src/record/recorder.js';

/** A recorder without files, and what its observer is told. */
function recorder(): { recorder: Recorder; told: string[] } {
  const told: string[] = [];
  const observer = {
    addSteps: (_batch: unknown, from: number, to: number) => void told.push(`steps ${to - from}`),
    endEpisode: (batch: unknown) => void told.push(batch === null ? 'cut off' : 'end'),
  };
  const writers = { steps: [], episodes: [] };
  return {
    told,
    recorder: new Recorder({
      capacity: 4096,
      runId: 'run-1',
      observationWidth: 1,
      writers,
      observers: [observer],
      timeless: false,
    }),
  };
}

const SUMMARY = {
  terminated: true,
  truncated: false,
  totalSteps: 2,
  totalReward: 1,
  finalX: 0,
  finalY: 0,
  finalDistance: 0,
};

function addSteps(to: Recorder, rows: number): void {
  const from = to.steps.rows;
  to.steps.rows += rows;
  to.stamp(from, () => 0);
}

describe('Recorder', () => {
  it('shows an episode once, however it is drained', async () => {
    const { recorder: r, told } = recorder();
    r.beginEpisode(1);
    addSteps(r, 3);
    await r.drain();
    await r.drain();
    addSteps(r, 2);
    r.endEpisode(SUMMARY, 1);
    await r.close();
    expect(told).toEqual(['steps 3', 'steps 2', 'end']);
  });

  it('tells of an episode that is cut off', async () => {
    const { recorder: r, told } = recorder();
    r.beginEpisode(1);
    addSteps(r, 3);
    await r.close();
    expect(told).toEqual(['steps 3', 'cut off']);
  });

  it('does not tell of one that was cut off before its first step', async () => {
    const { recorder: r, told } = recorder();
    r.beginEpisode(1);
    addSteps(r, 2);
    r.endEpisode(SUMMARY, 1);
    r.beginEpisode(2);
    await r.close();
    expect(told).toEqual(['steps 2', 'end']);
  });
});
