import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { runCapture } from '../../src/cli/capture-run.js';
import { captureTask } from '../../src/cli/capture-task.js';
import { run, type ReproduceOptions } from '../../src/cli/commands/reproduce.js';
import { loadConfig } from '../../src/config/index.js';
import type { StreamName } from '../../src/core/layout.js';
import { bgzf } from '../fixtures/bgzf.js';
import { newFolder } from '../fixtures/captured-run.js';

export interface Answer {
  code: number;
  out: string;
  err: string;
}

/** The command, in this process. */
export async function reproduce(runDir: string, options: ReproduceOptions = {}): Promise<Answer> {
  let out = '';
  let err = '';
  const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (err += text) };
  return { code: await run(runDir, options, io), out, err };
}

export interface ReproductionJson {
  identical: boolean;
  status: string;
  counts: { episodes: number; steps: number };
  open_episode: { episode: number; steps: number } | null;
  difference: {
    episode: number | null;
    step: number | null;
    field: string | null;
    simulated: unknown;
    recorded: unknown;
    file: string | null;
    line: number | null;
    message: string;
  } | null;
  content_digest: string | null;
  replay: Record<string, unknown> | null;
  notes: string[];
}

export async function reproduction(
  runDir: string,
  options: ReproduceOptions = {},
): Promise<ReproductionJson> {
  return JSON.parse((await reproduce(runDir, { ...options, json: true })).out) as ReproductionJson;
}

/** Another copy of a run, under the same experiment and id. */
export function copyOf(runDir: string): string {
  const copy = join(newFolder(), ...runDir.split('/').slice(-2));
  cpSync(runDir, copy, { recursive: true });
  return copy;
}

export type JsonRecord = Record<string, unknown> & { episode_id: string };

const recordsOf = (runDir: string, stream: StreamName): JsonRecord[] =>
  gunzipSync(readFileSync(join(runDir, `${stream}.jsonl.gz`)))
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JsonRecord);

/** A copy of a run in JSONL with other records. */
export function withRecords(
  runDir: string,
  stream: StreamName,
  change: (records: JsonRecord[]) => JsonRecord[] | void,
): string {
  const copy = copyOf(runDir);
  const records = recordsOf(copy, stream);
  const changed = change(records) ?? records;
  const text = changed.map((record) => JSON.stringify(record));
  writeFileSync(join(copy, `${stream}.jsonl.gz`), bgzf(text));
  return copy;
}

/** The same run as a process leaves it that is killed. */
export function unfinished(runDir: string): string {
  rmSync(join(runDir, 'manifest.json'));
  return runDir;
}

/** A JSON file of a run with other values. */
export function withJson(
  runDir: string,
  name: 'run.json' | 'manifest.json',
  change: (json: Record<string, unknown>) => void,
): string {
  const copy = copyOf(runDir);
  const path = join(copy, name);
  const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(json);
  writeFileSync(path, JSON.stringify(json));
  return copy;
}

/** The same of run.json as text: plain JSON would make integers of floats, which its hash tells apart. */
export function withRunText(runDir: string, change: (text: string) => string): string {
  const copy = copyOf(runDir);
  const path = join(copy, 'run.json');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return copy;
}

/** A run that was interrupted after so many steps. */
export async function abortedRun(overrides: readonly string[], after: number): Promise<string> {
  const given = [`output=${newFolder()}`, 'run_id=run-20260101-000000', 'workers=1', ...overrides];
  const loaded = await loadConfig({ configPath: null, configName: 'data_capture/config', overrides: given });
  const abort = new AbortController();
  const { directory, status } = await runCapture(captureTask(loaded, []), {
    signal: abort.signal,
    cores: 1,
    onWarning: () => {},
    onStart: () => {},
    onProgress: ({ steps }) => steps >= after && abort.abort(),
  });
  if (status !== 'aborted') throw new Error(`the run is ${status}`);
  return directory;
}
