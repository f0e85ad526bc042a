import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.js';
import { EXTRA_COLUMN_NAMES, FULL_RECORDING, type Recording } from '../../src/core/streams.js';
import { recordingOfConfig } from '../../src/record/config.js';

async function recordingOf(...overrides: string[]): Promise<Recording> {
  const { config } = await loadConfig({ configPath: null, configName: 'data_capture/config', overrides });
  return recordingOfConfig(config.record);
}

it('everything is recorded unless something is said', async () => {
  expect(await recordingOf()).toBe(FULL_RECORDING);
  expect(await recordingOf('record.recording.step_interval=1', 'record.columns=[]')).toBe(FULL_RECORDING);
});

it.each<[string[], Partial<Recording>]>([
  [['record.recording.full=false'], { full: false }],
  [['record.recording.step_interval=7'], { step_interval: 7 }],
  [['record.recording.include_actions=false'], { omitted: ['action'] }],
  [
    ['record.recording.include_observations=false', 'record.recording.include_rewards=false'],
    { omitted: ['reward', 'observation_summary'] },
  ],
  [['record.columns=[velocity]'], { columns: ['velocity'] }],
])('%j', async (overrides, expected) => {
  expect(await recordingOf(...overrides)).toEqual({ ...FULL_RECORDING, ...expected });
});

it('columns stand in one order, whatever the one they are asked for in', async () => {
  const backwards = [...EXTRA_COLUMN_NAMES].reverse().join(',');
  const { columns } = await recordingOf(`record.columns=[${backwards}]`, 'env.wind.enabled=true');
  expect(columns).toEqual(EXTRA_COLUMN_NAMES);
});

describe('refuses', () => {
  it.each<[string[], string]>([
    [
      ['record.columns=[orientaton]'],
      "record.columns.0: unknown column 'orientaton', did you mean 'orientation'? (override",
    ],
    [['record.columns=[velocity,5]'], 'record.columns.1: expected the name of a column, valid: orientation,'],
    [['record.columns=velocity'], "record.columns: expected a list, not 'velocity' (override"],
    [['record.columns=[wind,velocity,velocity]'], 'record.columns: expected velocity once, not [wind,'],
    [['record.columns=[wind]'], 'env.wind.enabled: expected true, since record.columns has wind, not false'],
    [
      ['record.recording.full=false', 'record.recording.step_interval=2'],
      'record.recording.step_interval: expected 1, since full: false records no steps, not 2',
    ],
    [
      ['record.recording.full=false', 'record.columns=[velocity]'],
      'record.columns: expected no extra columns, since recording.full: false records no steps',
    ],
    [['record.recording.step_interval=0'], 'record.recording.step_interval: expected an integer >= 1, not 0'],
    [['record.recording.step_intervall=2'], "did you mean 'record.recording.step_interval'"],
  ])('%j', async (overrides, message) => {
    await expect(recordingOf(...overrides)).rejects.toThrow(message);
  });
});
