import { renameSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FINDING_CODES, type FindingCodeName } from '../../src/core/findings.js';
import { validateRun } from '../../src/validate/index.js';
import { bgzf, END_BLOCK, plainGzip } from '../fixtures/bgzf.js';
import { buildRun, type Mutation } from '../fixtures/run-builder.js';
import type { Episode, RunModel, Step } from '../fixtures/run-model.js';

const STEPS = 'steps.jsonl.gz';
const EPISODES = 'episodes.jsonl.gz';
const MANIFEST = 'manifest.json';

interface Case {
  code: FindingCodeName;
  what: string;
  file: string | null;
  line?: number;
  change: Mutation;
  /** Where it lies when the change moves the directory. */
  at?: (path: string) => string;
}

/** Steps are in lines 1 to 6, 7 to 12 and 13 to 17; each changes one thing about one row. */
const step = (line: number, change: (step: Step) => void): Mutation => ({
  model: ({ steps }) => change(steps[line - 1]!),
});
const episode = (line: number, change: (episode: Episode) => void): Mutation => ({
  model: ({ episodes }) => change(episodes[line - 1]!),
});
const run = (change: (run: RunModel['run']) => void): Mutation => ({ model: (model) => change(model.run) });
const env = (change: Record<string, unknown>): Mutation => run((metadata) => Object.assign(metadata['env_config']!, change));
const stepLine = (line: number, from: string | RegExp, to: string): Mutation => ({
  lines: ({ steps }) => (steps[line - 1] = steps[line - 1]!.replace(from, to)),
});
const stepsFile = (change: (data: Buffer) => Buffer): Mutation => ({
  files: (files) => void files.set(STEPS, change(files.get(STEPS)!)),
});
const manifest = (change: (manifest: Record<string, unknown>) => void): Mutation => ({ manifest: change });
const moved = (to: (path: string) => string): Pick<Case, 'at' | 'change'> => ({
  at: to,
  change: { directory: (path) => renameSync(path, to(path)) },
});
const flipped = (data: Buffer, at: number): Buffer => {
  const copy = Buffer.from(data);
  copy[at]! ^= 1;
  return copy;
};
const blockEnd = (data: Buffer): number => data.readUInt16LE(16) + 1;
const inventoryOf = (object: Record<string, unknown>, path: string) =>
  (object['files'] as Record<string, unknown>[]).find((file) => file['path'] === path)!;
/** Steps in parts of two lines or so, one of them left out or doubled. */
const parts = (names: Record<string, [number, number]>): Mutation => ({
  lines: ({ steps }) => (partLines = [...steps]),
  files: (files) => {
    for (const [name, range] of Object.entries(names)) files.set(name, bgzf(partLines.slice(...range)));
  },
});
let partLines: string[] = [];

const CASES: Case[] = [
  { code: 'gzip-truncated', what: 'steps cut', file: STEPS, change: stepsFile((data) => data.subarray(0, blockEnd(data) + 50)) },
  { code: 'gzip-truncated', what: 'nothing in the file', file: STEPS, change: stepsFile(() => Buffer.alloc(0)) },
  { code: 'gzip-corrupt', what: 'no gzip', file: STEPS, change: stepsFile(() => Buffer.from('{}\n')) },
  { code: 'gzip-crc', what: 'a checksum changed', file: STEPS, change: stepsFile((data) => flipped(data, blockEnd(data) - 7)) },
  { code: 'gzip-trailing', what: 'text behind', file: STEPS, change: stepsFile((data) => Buffer.concat([data, Buffer.from('x')])) },
  { code: 'gzip-unfinished', what: 'no end block', file: STEPS, change: stepsFile((data) => data.subarray(0, -END_BLOCK.length)) },
  { code: 'gzip-plain', what: 'ordinary gzip', file: STEPS, change: { lines: ({ steps }) => (partLines = steps), files: (files) => files.set(STEPS, plainGzip(partLines)) } },

  { code: 'line-encoding', what: 'a byte that is no UTF-8', file: STEPS, line: 3, change: {
    lines: ({ steps }) => (partLines = steps),
    files: (files) => {
      const text = Buffer.from(partLines.join('\n') + '\n');
      text[partLines.slice(0, 2).join('\n').length + 30] = 0xff;
      files.set(STEPS, bgzfOf(text));
    },
  } },
  { code: 'line-blank', what: 'an empty line', file: STEPS, line: 4, change: stepLine(4, /.*/, '') },
  { code: 'line-json', what: 'half a line', file: STEPS, line: 5, change: stepLine(5, /.{30}$/, '') },
  { code: 'line-json', what: 'the last line of an episode', file: STEPS, line: 6, change: stepLine(6, /.{30}$/, '') },
  { code: 'line-json', what: 'the first line of an episode', file: STEPS, line: 7, change: stepLine(7, /.{30}$/, '') },
  { code: 'line-json', what: 'the last line of all', file: STEPS, line: 17, change: stepLine(17, /.{30}$/, '') },
  { code: 'line-json', what: 'an episode record', file: EPISODES, line: 2, change: { lines: ({ episodes }) => (episodes[1] = '{') } },
  { code: 'line-json', what: 'the last episode record', file: EPISODES, line: 3, change: { lines: ({ episodes }) => (episodes[2] = '{') } },
  { code: 'line-not-finite', what: 'NaN as Python writes it', file: STEPS, line: 2, change: stepLine(2, /"reward":[^,]+/, '"reward":NaN') },
  { code: 'line-key', what: 'a key missing', file: STEPS, line: 9, change: stepLine(9, /"action":\d,/, '') },
  { code: 'line-type', what: 'a float as an integer column', file: STEPS, line: 9, change: stepLine(9, /"action":\d/, '"action":0.5') },
  { code: 'line-range', what: 'step 0', file: STEPS, line: 1, change: stepLine(1, '"step":1', '"step":0') },
  { code: 'line-width', what: 'a longer observation', file: STEPS, line: 8, change: stepLine(8, '"observation_summary":[', '$&0,') },
  { code: 'line-unended', what: 'no final newline', file: EPISODES, line: 3, change: {
    lines: ({ episodes }) => (partLines = episodes),
    files: (files) => files.set(EPISODES, bgzfOf(Buffer.from(partLines.join('\n')))),
  } },
  { code: 'line-unknown-key', what: 'a key more', file: STEPS, change: stepLine(3, '{', '{"wind":0,') },

  { code: 'parquet-unreadable', what: 'no Parquet', file: 'steps.parquet', change: { parquet: true, directory: (path) => writeFileSync(join(path, 'steps.parquet'), 'PAR1 is not enough PAR1'), manifest: withoutHashOf('steps.parquet') } },
  { code: 'parquet-column', what: 'another stream', file: 'episodes.parquet', change: { parquet: true, directory: (path) => copyOver(path, 'steps.parquet', 'episodes.parquet'), manifest: withoutHashOf('episodes.parquet') } },
  { code: 'parquet-rows', what: 'a row less', file: 'steps.parquet', change: { parquet: (model) => void model.steps.pop(), manifest: rowsOf('steps.parquet', 16) } },
  { code: 'parquet-rows', what: 'a row more', file: 'episodes.parquet', change: { parquet: (model) => void model.episodes.push(model.episodes[0]!), manifest: rowsOf('episodes.parquet', 4) } },
  { code: 'parquet-value', what: 'one bit', file: 'steps.parquet', change: { parquet: ({ steps }) => (steps[8]!.ts += 2 ** -22) } },
  { code: 'parquet-value', what: 'an id', file: 'episodes.parquet', change: { parquet: ({ episodes }) => (episodes[1]!.run_id = 'other') } },
  { code: 'parquet-value', what: 'a list', file: 'steps.parquet', change: { parquet: ({ steps }) => (steps[16]!.observation_summary[1]! += 1) } },
  { code: 'parquet-value', what: 'a null column', file: 'episodes.parquet', change: { parquet: ({ episodes }) => episodes.forEach((row) => (row.duration_ms = null)) } },

  { code: 'file-missing', what: 'no steps', file: STEPS, change: { files: (files) => files.delete(STEPS), manifest: (m) => clearCounts(m) } },
  { code: 'file-missing', what: 'no episodes', file: EPISODES, change: { files: (files) => files.delete(EPISODES), manifest: (m) => clearCounts(m) } },
  { code: 'part-missing', what: 'part 1', file: 'steps.part0001.jsonl.gz', change: { ...parts({ [STEPS]: [0, 6], 'steps.part0002.jsonl.gz': [8, 17] }), manifest: (m) => clearCounts(m) } },
  { code: 'part-double', what: 'two names of part 1', file: 'steps.part0001.jsonl.gz', change: parts({ [STEPS]: [0, 6], 'steps.jsonl.part1.gz': [6, 6], 'steps.part0001.jsonl.gz': [6, 17] }) },
  { code: 'file-unknown', what: 'notes', file: 'notes.txt', change: { directory: (path) => writeFileSync(join(path, 'notes.txt'), '') } },
  { code: 'directory-run-id', what: 'renamed', file: 'run.json', ...moved((path) => join(dirname(path), 'run-20261121-120001')) },
  { code: 'directory-experiment', what: 'moved', file: 'run.json', ...moved((path) => join(dirname(dirname(path)), basename(path))) },
  { code: 'run-name', what: 'an experiment that is a path', file: 'run.json', change: run((metadata) => (metadata['experiment'] = '../demo')) },

  { code: 'run-id', what: 'in a step', file: STEPS, line: 5, change: step(5, (row) => (row.run_id = 'run-20200101-000000')) },
  { code: 'run-id', what: 'in an episode', file: EPISODES, line: 2, change: episode(2, (row) => (row.run_id = 'x')) },
  { code: 'schema-version', what: 'in a step', file: STEPS, line: 17, change: step(17, (row) => (row.schema_version = '1.1.0')) },
  { code: 'schema-version', what: 'that we do not know', file: 'run.json', change: { model: (model) => [model.run, ...model.steps, ...model.episodes].forEach((row) => (row['schema_version' as never] = '2.0.0' as never)) } },
  { code: 'schema-older', what: '0.1', file: 'run.json', change: { model: (model) => [model.run, ...model.steps, ...model.episodes].forEach((row) => (row['schema_version' as never] = '0.1' as never)) } },

  { code: 'episode-id', what: 'of another form', file: STEPS, line: 13, change: { model: ({ steps, episodes }) => { for (const row of [...steps.slice(12), episodes[2]!]) row.episode_id = 'episode 3'; } } },
  { code: 'episode-id', what: 'of another form in the record', file: EPISODES, line: 2, change: episode(2, (row) => (row.episode_id = 'ep-2')) },
  { code: 'episode-order', what: 'a number left out', file: STEPS, line: 13, change: { model: ({ steps, episodes, run: metadata }) => { for (const row of [...steps.slice(12), episodes[2]!]) row.episode_id = 'ep-000004'; metadata.episode_seeds.splice(2, 0, 7); }, status: 'recovered' } },
  { code: 'episode-without-steps', what: 'in the middle', file: EPISODES, line: 2, change: { model: ({ steps }) => void steps.splice(6, 6) } },
  { code: 'episode-without-steps', what: 'at the end', file: EPISODES, line: 3, change: { model: ({ steps }) => void steps.splice(12) } },
  { code: 'episode-without-record', what: 'in the middle', file: STEPS, line: 7, change: { model: ({ episodes }) => void episodes.splice(1, 1), status: 'aborted' } },
  { code: 'episode-without-record', what: 'at the end of a recovered run', file: STEPS, line: 13, change: { model: ({ episodes }) => void episodes.pop(), status: 'recovered' } },
  { code: 'episodes-missing', what: 'of a complete run', file: null, change: run((metadata) => void metadata.episode_seeds.push(103)) },
  { code: 'step-order', what: 'a step twice', file: STEPS, line: 4, change: { model: ({ steps, episodes }) => { for (const row of steps.slice(3, 6)) row.step -= 1; void episodes; } } },
  { code: 'flag-early', what: 'truncated', file: STEPS, line: 8, change: step(8, (row) => (row.truncated = true)) },
  { code: 'flag-missing', what: 'both false', file: EPISODES, line: 1, change: { model: ({ steps, episodes }) => { steps[5]!.truncated = false; episodes[0]!.truncated = false; } } },

  { code: 'total-steps', what: 'one more', file: EPISODES, line: 1, change: episode(1, (row) => (row.total_steps += 1)) },
  { code: 'total-reward', what: 'the last bit', file: EPISODES, line: 1, change: episode(1, (row) => (row.total_reward *= 1 + 2 ** -52)) },
  { code: 'final-position', what: 'y', file: EPISODES, line: 3, change: episode(3, (row) => (row.final_position.y += 1)) },
  { code: 'final-distance', what: 'another', file: EPISODES, line: 2, change: episode(2, (row) => (row.final_distance_to_goal = 0.5)) },
  { code: 'episode-flags', what: 'terminated', file: EPISODES, line: 1, change: episode(1, (row) => (row.terminated = true)) },
  { code: 'max-steps', what: 'one more than allowed', file: EPISODES, line: 1, change: { ...env({ max_steps: 5 }), model: longEpisode } },

  { code: 'seed', what: 'of another episode', file: STEPS, line: 7, change: step(7, (row) => (row.seed = 100)) },
  { code: 'position', what: 'beyond the grid', file: STEPS, line: 1, change: { model: ({ steps }) => { steps[0]!.agent_position.x = -1; steps[0]!.distance_to_goal = Math.hypot(5, 4); } } },
  { code: 'distance', what: 'too large', file: STEPS, line: 9, change: step(9, (row) => (row.distance_to_goal += 1e-6)) },
  { code: 'goal-flag', what: 'at the goal and not terminated', file: STEPS, line: 12, change: { model: ({ steps, episodes }) => { steps[11]!.terminated = false; episodes[1]!.terminated = false; } } },
  { code: 'time-order', what: 'backwards', file: STEPS, line: 9, change: step(9, (row) => (row.ts -= 1)) },

  { code: 'unfinished', what: 'no manifest', file: null, change: { withoutManifest: true } },
  { code: 'manifest-json', what: 'half a file', file: MANIFEST, change: { directory: (path) => writeFileSync(join(path, MANIFEST), '{') } },
  { code: 'manifest-schema', what: 'a status we do not know', file: MANIFEST, change: manifest((m) => (m['status'] = 'done')) },
  { code: 'manifest-run', what: 'another config_hash', file: MANIFEST, change: manifest((m) => (m['config_hash'] = 'd'.repeat(64))) },
  { code: 'manifest-file', what: 'another size', file: STEPS, change: manifest((m) => { (inventoryOf(m, STEPS)['bytes'] as number) -= 1; (m['totals'] as Record<string, number>)['bytes']! -= 1; }) },
  { code: 'manifest-file', what: 'another SHA-256', file: 'run.json', change: manifest((m) => (inventoryOf(m, 'run.json')['sha256'] = '0'.repeat(64))) },
  { code: 'manifest-file', what: 'another row count', file: EPISODES, change: manifest((m) => (inventoryOf(m, EPISODES)['rows'] = 4)) },
  { code: 'manifest-file', what: 'a file that is gone', file: 'config.yaml', change: { files: (files) => files.set('config.yaml', Buffer.from('a: 1\n')), directory: (path) => rmSync(join(path, 'config.yaml')) } },
  { code: 'manifest-unlisted', what: 'a file it does not list', file: EPISODES, change: manifest((m) => { m['files'] = (m['files'] as { path: string }[]).filter(({ path }) => path !== EPISODES); totalsAnew(m); }) },
  { code: 'manifest-totals', what: 'counts', file: MANIFEST, change: manifest((m) => (m['counts'] = { episodes: 3, steps: 16 })) },
  { code: 'manifest-totals', what: 'seeds', file: MANIFEST, change: manifest((m) => (m['seed_summary'] = { unique_count: 2, min: 100, max: 102, base_seed: 100 })) },
  { code: 'manifest-digest', what: 'changed afterwards', file: MANIFEST, change: { directory: (path) => edit(path, '"git_dirty": null', '"git_dirty": true') } },
  { code: 'manifest-digest', what: 'env_config_hash', file: MANIFEST, change: manifest((m) => (m['env_config_hash'] = 'e'.repeat(64))) },
  { code: 'content-digest', what: 'another', file: MANIFEST, change: manifest((m) => (m['content_digest'] = 'f'.repeat(64))) },
];
