import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exported, newFolder, rowsOf } from '../export/support.js';
import { buildRun } from '../fixtures/run-builder.js';
import { ask, findPeers } from './python.js';

const peers = findPeers(['pandas', 'duckdb']);
const SCRIPT = fileURLToPath(new URL('read_csv.py', import.meta.url));

type Columns = Record<string, unknown[]>;
interface Answer {
  pandas: Columns;
  duckdb: Columns;
  'pandas types': Record<string, string>;
  'duckdb types': Record<string, string>;
}

describe.skipIf(peers.python === null)(`pandas and DuckDB (${peers.reason})`, () => {
  it.each(['data.csv', 'data.csv.gz'])(
    'read %s with the right types and the very values',
    async (name) => {
      const runDir = await buildRun();
      const out = join(newFolder(), name);
      await exported({ runDir, out });
      const [answer] = ask<unknown, Answer>(peers, SCRIPT, [{ path: out }]);
      const rows = (await rowsOf('jsonl', runDir, 'steps')).map(
        ({
          observation_summary: [a, b] = [],
          ...row
        }: Record<string, unknown> & { observation_summary?: number[] }) => ({
          ...row,
          observation_0: a,
          observation_1: b,
        }),
      ) as Record<string, unknown>[];
      for (const reader of ['pandas', 'duckdb'] as const) {
        for (const column of Object.keys(rows[0]!)) {
          expect({ reader, column, values: answer![reader][column] }).toEqual({
            reader,
            column,
            values: rows.map((row) => row[column]),
          });
        }
      }
      const types = {
        step: ['int64', 'BIGINT'],
        seed: ['int64', 'BIGINT'],
        ts: ['float64', 'DOUBLE'],
        reward: ['float64', 'DOUBLE'],
        observation_0: ['float64', 'DOUBLE'],
        distance_to_goal: ['float64', 'DOUBLE'],
        terminated: ['bool', 'BOOLEAN'],
        episode_id: ['str', 'VARCHAR'],
        schema_version: ['str', 'VARCHAR'],
      };
      for (const [column, expected] of Object.entries(types)) {
        const found = [answer!['pandas types'][column], answer!['duckdb types'][column]];
        expect([column, ...found]).toEqual([column, ...expected]);
      }
    },
    60_000,
  );
});
