import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunModel } from '../../fixtures/run-model.js';
import type { Case } from './case.js';

const differs = (
  code: Case['code'],
  what: string,
  stream: 'steps' | 'episodes',
  parquet: (model: RunModel) => void,
): Case => ({ code, what, file: `${stream}.parquet`, change: { parquet } });

export const parquetCases: Case[] = [
  differs('parquet-rows', 'a step less', 'steps', ({ steps }) => void steps.pop()),
  differs('parquet-rows', 'a record more', 'episodes', ({ episodes }) => void episodes.push(episodes[0]!)),
  differs('parquet-value', 'the last bit', 'steps', ({ steps }) => (steps[8]!.ts += 2 ** -22)),
  differs('parquet-value', 'an integer', 'steps', ({ steps }) => (steps[8]!.seed += 2 ** 40)),
  differs('parquet-value', 'a flag', 'steps', ({ steps }) => (steps[8]!.truncated = true)),
  differs(
    'parquet-value',
    'an item of a list',
    'steps',
    ({ steps }) => (steps[16]!.observation_summary[1]! += 1),
  ),
  differs('parquet-value', 'an id', 'episodes', ({ episodes }) => (episodes[1]!.run_id = 'other')),
  differs('parquet-value', 'a column of nulls', 'episodes', ({ episodes }) => {
    for (const row of episodes) row.duration_ms = null;
  }),
  {
    code: 'parquet-unreadable',
    what: 'no Parquet',
    file: 'steps.parquet',
    change: {
      parquet: true,
      beforeManifest: (path) => writeFileSync(join(path, 'steps.parquet'), 'PAR1 and nothing else PAR1'),
    },
  },
  {
    code: 'parquet-column',
    what: 'the other stream',
    file: 'episodes.parquet',
    change: {
      parquet: true,
      beforeManifest: (path) => copyFileSync(join(path, 'steps.parquet'), join(path, 'episodes.parquet')),
    },
  },
];
