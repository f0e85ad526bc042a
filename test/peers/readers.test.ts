import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { capture, scratchDirectory, type CaptureJson } from '../e2e/binary.js';
import { ask, findPeers } from './python.js';

const peers = findPeers(['pandas', 'pyarrow', 'duckdb']);
const SCRIPT = fileURLToPath(new URL('read_run.py', import.meta.url));
const BGZF_END = '1f8b08040000000000ff0600424302001b0003000000000000000000';

interface StreamAnswer {
  rows: Record<string, number>;
  types: Record<'pyarrow' | 'parquet' | 'duckdb' | 'duckdb parquet', Record<string, string>>;
  codec: string;
  metadata: Record<string, string>;
}
interface Answer {
  steps: StreamAnswer;
  episodes: StreamAnswer;
}

let cwd: string;
let run: CaptureJson;
beforeAll(async () => {
  cwd = scratchDirectory();
  run = await capture(
    [
      'episodes=40',
      'env.grid_size=[48,32]',
      'env.max_steps=400',
      'seed=9007199254740000',
      'env.observation_type=antennae',
      '--parquet',
    ],
    { cwd },
  );
});

describe.skipIf(peers.python === null)(`gzip, pandas, pyarrow and DuckDB (${peers.reason})`, () => {
  let answer: Answer;
  beforeAll(() => {
    [answer] = ask(peers, SCRIPT, [{ dir: join(cwd, run.run_dir) }]) as [Answer];
  }, 120_000);

  it.each(['steps', 'episodes'] as const)('%s: all read as many rows, and the same values', (stream) => {
    const rows = run.counts[stream];
    for (const [reader, count] of Object.entries(answer[stream].rows))
      expect({ reader, count }).toEqual({ reader, count: rows });
  });

  it('read Parquet of every compression', async () => {
    const names = {
      snappy: 'SNAPPY',
      gzip: 'GZIP',
      lz4: 'LZ4',
      brotli: 'BROTLI',
      zstd: 'ZSTD',
      none: 'UNCOMPRESSED',
    };
    const runs = await Promise.all(
      Object.keys(names).map((codec) =>
        capture(['parquet=true', `record.storage.parquet.compression=${codec}`], { cwd }),
      ),
    );
    const answers = ask<unknown, Answer>(
      peers,
      SCRIPT,
      runs.map(({ run_dir: dir }) => ({ dir: join(cwd, dir) })),
    );
    expect(answers.map(({ steps }) => steps.codec)).toEqual(Object.values(names));
    for (const [i, { steps }] of answers.entries())
      expect(new Set(Object.values(steps.rows))).toEqual(new Set([runs[i]!.counts.steps]));
  }, 60_000);

  it('steps: integers are int64, floats double, the same from lines and from Parquet', () => {
    const { types } = answer.steps;
    for (const name of ['step', 'action', 'seed']) {
      expect(types.pyarrow[name]).toBe('int64');
      expect(types.parquet[name]).toBe('int64');
      expect(types.duckdb[name]).toBe('BIGINT');
      expect(types['duckdb parquet'][name]).toBe('BIGINT');
    }
    for (const name of ['ts', 'reward', 'distance_to_goal']) {
      expect(types.pyarrow[name]).toBe('double');
      expect(types.parquet[name]).toBe('double');
      expect(types.duckdb[name]).toBe('DOUBLE');
      expect(types['duckdb parquet'][name]).toBe('DOUBLE');
    }
    for (const name of ['terminated', 'truncated']) {
      expect(types.pyarrow[name]).toBe('bool');
      expect(types.duckdb[name]).toBe('BOOLEAN');
      expect(types['duckdb parquet'][name]).toBe('BOOLEAN');
    }
    expect(types.pyarrow['observation_summary']).toBe('list<item: double>');
    expect(types['duckdb parquet']['observation_summary']).toBe('DOUBLE[]');
    expect(types['duckdb parquet']['episode_id']).toBe('VARCHAR');
  });

  it('Parquet carries where it comes from', () => {
    expect(answer.steps.metadata).toMatchObject({
      schema_version: '1.0.0',
      config_hash: run.config_hash,
      experiment: 'demo',
      run_id: run.run_id,
    });
  });
});

const bgzip = await execa('bgzip', ['--version'], { reject: false });
const noBgzip = bgzip.failed ? 'bgzip is not installed' : '';
if (noBgzip !== '' && process.env['CI']) throw new Error(`peer tests must run in CI: ${noBgzip}`);

describe.skipIf(noBgzip !== '')(`bgzip and zcat ${noBgzip}`, () => {
  it.each(['steps.jsonl.gz', 'episodes.jsonl.gz'])('%s', async (name) => {
    const path = join(cwd, run.run_dir, name);
    await execa('bgzip', ['-t', path]);
    // bgzip -t takes a file without its end block, so those bytes are looked at here
    expect(readFileSync(path).subarray(-28).toString('hex')).toBe(BGZF_END);
    const { stdout } = await execa('zcat', [path]);
    const rows = run.files.find((file) => file.path === name)!.rows;
    expect(stdout.split('\n')).toHaveLength(rows!);
    // htslib seeks to a block by its virtual offset only in true BGZF
    await execa('bgzip', ['-r', path]);
    const tail = await execa('bgzip', ['-b', '100', '-s', '50', path]);
    expect(tail.stdout).toBe(stdout.slice(100, 150));
  });
});
