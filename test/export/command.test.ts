import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run as exportCommand, type ExportOptions } from '../../src/cli/commands/export.js';
import { buildProgram } from '../../src/cli/program.js';
import { FORMAT_NAMES } from '../../src/export/format-names.js';
import { FORMATS } from '../../src/export/formats/index.js';
import { capturedRun } from '../fixtures/captured-run.js';
import { buildRun } from '../fixtures/run-builder.js';
import { newFolder } from './support.js';

async function command(
  runDir: string,
  options: ExportOptions,
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (err += text) };
  return { code: await exportCommand(runDir, options, io), out, err };
}

describe('export', () => {
  it('says what it wrote', async () => {
    const folder = newFolder();
    const runDir = await buildRun();
    const out = join(folder, 'data.csv');
    const result = await command(runDir, { out });
    expect(result).toMatchObject({ code: 0, err: '' });
    const lines = result.out.split('\n');
    expect(lines[0]).toMatch(/^exported 3 episodes, 17 steps of .*run-20261121-120000 in \d+\.\d\d s$/);
    expect(lines[1]).toMatch(/data\.csv {2}[\d.]+ k?B, 17 rows$/);
    expect(lines[2]).toMatch(/data\.episodes\.csv {2}[\d.]+ k?B, 3 rows$/);
  });

  it('says it as one document, and notes to stderr', async () => {
    const out = join(newFolder(), 'data.csv.gz');
    const runDir = await buildRun({ withoutManifest: true });
    const result = await command(runDir, { out, level: '9', episodes: '1-2', columns: 'step', json: true });
    expect(JSON.parse(result.out)).toMatchObject({
      run_id: 'run-20261121-120000',
      run_dir: runDir,
      format: 'csv',
      compression: 'gzip',
      level: 9,
      episodes: '1-2',
      columns: ['step'],
      counts: { episodes: 2, steps: 12 },
      files: [
        { path: out, rows: 12, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        { rows: 2 },
      ],
      notes: [expect.stringContaining('not finished') as string],
    });
    expect(result.err).toMatch(/^note: the run is not finished/);
  });

  it('knows the actions of a run of ours', async () => {
    const out = join(newFolder(), 'demo-v0');
    const runDir = await capturedRun(newFolder(), ['env.action_type=discrete', 'policy=random']);
    await command(runDir, { format: 'minari', out });
    const { default: metadata } = (await import(join(out, 'data/metadata.json'), {
      with: { type: 'json' },
    })) as { default: Record<string, unknown> };
    expect(metadata).toMatchObject({
      algorithm_name: 'random',
      action_space: '{"type":"Discrete","dtype":"int64","start":0,"n":4}',
    });
  });
});

describe('the command line', () => {
  const parse = async (args: readonly string[]): Promise<number> => {
    let code = -1;
    const program = buildProgram(args, (exit) => (code = exit));
    for (const each of [program, ...program.commands])
      each.configureOutput({ writeErr: () => {} }).exitOverride();
    await program.parseAsync(args, { from: 'user' });
    return code;
  };

  it('has the flags', async () => {
    const out = join(newFolder(), 'data');
    const flags =
      '--format jsonl --compression gzip --level 1 --episodes 1 --columns step --json --force --out';
    const log = process.stdout.write.bind(process.stdout);
    process.stdout.write = () => true;
    try {
      expect(await parse(['export', await buildRun(), ...flags.split(' '), out])).toBe(0);
    } finally {
      process.stdout.write = log;
    }
    expect(existsSync(out)).toBe(true);
    expect(existsSync(`${out}.episodes`)).toBe(true);
  });

  it.each([
    [['export', 'run'], "required option '--out <file>' not specified"],
    [['export', 'run', '--out', 'a', '--format', 'xlsx'], 'Allowed choices are jsonl, parquet, hdf5'],
    [['export', '--out', 'a'], "missing required argument 'run_dir'"],
  ])('%j is refused', async (args, message) => {
    await expect(parse(args)).rejects.toThrow(message);
  });

  it('every format it names is there', async () => {
    for (const name of FORMAT_NAMES) expect((await FORMATS[name]()).name).toBe(name);
    expect(Object.keys(FORMATS)).toEqual(FORMAT_NAMES);
  });
});
