import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { run as captureCommand } from '../../src/cli/commands/capture.js';
import { run as ingestCommand } from '../../src/cli/commands/ingest.js';
import { pin } from '../../src/cli/commands/mark.js';
import { run as pruneCommand, type PruneOptions } from '../../src/cli/commands/prune.js';
import { run as undeleteCommand } from '../../src/cli/commands/undelete.js';
import { scratchDirectory } from '../e2e/binary.js';
import { contents } from '../fixtures/captured-run.js';
import { digestOf, recovered, resumed } from '../recover/support.js';

/** A command, what it works on, and what must come of it however often it is interrupted. */
export interface Scenario {
  name: string;
  args: readonly string[];
  /** What is there before, beside another run. */
  prepare: (root: string) => Promise<void>;
  /** The command again, or the one that goes on. */
  again: (root: string) => Promise<void>;
  outcome: (root: string) => unknown;
}

export const RUN = 'results/x/run-20260101-000000';
/** Of the capture again, where a kill has left the name and no run. */
const NEXT = 'results/x/run-20260101-000001';
/** Has nothing to do with it. */
export const OTHER = 'results/x/run-20250101-000000';

const OPTIONS = [
  ...['seed=7', 'episodes=2', 'env.grid_size=[8,8]', 'env.max_steps=20', 'env.goal_radius=0', 'workers=1'],
  'experiment=x',
];
const JSONL = [...OPTIONS, 'clock=sim', 'parquet=true'];
const WITHOUT_PARQUET = [...OPTIONS, 'clock=sim'];
const SQLITE = [...OPTIONS, 'record=sqlite', 'record.durability=fsync'];

const quiet = { stdout: () => {}, stderr: () => {} };

async function captured(root: string, overrides: readonly string[], run = RUN): Promise<void> {
  const operands = [...overrides, `output=${join(root, 'results')}`, `run_id=${run.split('/').at(-1)}`];
  const options = { configName: 'data_capture/config', json: true };
  expect(await captureCommand(operands, options, operands, quiet)).toBe(0);
}

export const captureOther = (root: string): Promise<void> => captured(root, JSONL, OTHER);

async function ingested(root: string): Promise<void> {
  expect(await ingestCommand({ runDir: join(root, RUN), outDir: join(root, 'data') }, quiet)).toBe(0);
}

async function pruned(root: string, options: PruneOptions = {}): Promise<void> {
  expect(await pruneCommand(join(root, 'results'), { keepLast: '1', yes: true, ...options }, quiet)).toBe(0);
}

/** As a kill behind the first episode leaves a run: the records are those of one that had no more. */
async function interrupted(root: string, overrides: readonly string[]): Promise<void> {
  await captured(root, overrides);
  const shorter = scratchDirectory();
  await captured(shorter, [...overrides, 'episodes=1']);
  for (const name of readdirSync(join(root, RUN))) {
    if (name === 'manifest.json' || name.endsWith('.parquet')) rmSync(join(root, RUN, name));
    else if (!/\.(?:json|yaml)$/.test(name)) copyFileSync(join(shorter, RUN, name), join(root, RUN, name));
  }
}

async function resumedOrCaptured(root: string, overrides: readonly string[]): Promise<void> {
  if (existsSync(join(root, RUN, 'run.json')))
    expect(await resumed(join(root, RUN))).toMatchObject({ code: 0 });
  else await captured(root, overrides, NEXT);
}

const digest = (root: string): string => digestOf(join(root, existsSync(join(root, NEXT)) ? NEXT : RUN));
const filesIn =
  (folder: string) =>
  (root: string): unknown => [
    contents(join(root, RUN)),
    contents(join(root, folder)),
    readdirSync(join(root, folder)),
  ];

const ofCapture = (name: string, overrides: readonly string[]): Scenario => ({
  name,
  args: [...overrides, `run_id=${RUN.split('/').at(-1)}`],
  prepare: () => Promise.resolve(),
  again: (root) => resumedOrCaptured(root, overrides),
  outcome: digest,
});

const ofRecover = (name: string, overrides: readonly string[]): Scenario => ({
  name,
  args: ['recover', RUN],
  prepare: (root) => interrupted(root, overrides),
  again: async (root) => expect((await recovered(join(root, RUN))).code).toBe(0),
  outcome: digest,
});

const ofResume = (name: string, overrides: readonly string[]): Scenario => ({
  ...ofRecover(name, overrides),
  args: ['resume', RUN],
  again: (root) => resumedOrCaptured(root, overrides),
});

const INGEST: Scenario = {
  name: 'an ingest',
  args: ['ingest', '--run-dir', RUN, '--out-dir', 'data'],
  prepare: (root) => captured(root, WITHOUT_PARQUET),
  again: ingested,
  outcome: filesIn('data'),
};

const REPAIR: Scenario = {
  ...INGEST,
  name: 'an ingest that repairs',
  async prepare(root) {
    await captured(root, WITHOUT_PARQUET);
    await ingested(root);
    const place = join(root, RUN.replace('results', 'data'));
    for (const name of ['run.json', 'steps.parquet']) writeFileSync(join(place, name), 'damaged');
  },
};

const PRUNE: Scenario = {
  name: 'a prune',
  args: ['prune', 'results', '--keep-last', '1', '--yes'],
  async prepare(root) {
    await captured(root, JSONL);
    await captured(root, JSONL, NEXT);
    // another that was killed has taken the other run out of the results
    renameSync(join(root, OTHER), join(root, 'results', `.gone-99999999-00000000-${hostname()}`));
  },
  again: (root) => pruned(root),
  outcome: (root) => [contents(join(root, 'results')), readdirSync(join(root, 'results'))],
};

/** The runs of the results and of the trash, each whole. */
function keptAndTrashed(root: string): unknown {
  const results = join(root, 'results');
  const trash = join(results, '.trash');
  const entries = existsSync(trash)
    ? readdirSync(trash).filter((name) => existsSync(join(trash, name, 'run')))
    : [];
  return {
    kept: readdirSync(join(results, 'x')).map((name) => [name, records(join(results, 'x', name))]),
    trashed: entries.map((name) => [name.replace(/@[0-9a-f]{8}$/, ''), records(join(trash, name, 'run'))]),
  };
}

/** A run in the trash still has the lock of the prune that put it there. */
const records = (folder: string): unknown =>
  Object.entries(contents(folder)).filter(([name]) => !/^\.?run\.lock/.test(name));

const TRASH: Scenario = {
  ...PRUNE,
  name: 'a prune into the trash',
  args: [...PRUNE.args, '--keep-trash', '7d'],
  async prepare(root) {
    await captured(root, JSONL);
    await captured(root, JSONL, NEXT);
    expect(await pin([join(root, OTHER)], quiet)).toBe(0);
  },
  again: (root) => pruned(root, { keepTrash: '7d' }),
  outcome: keptAndTrashed,
};

const ARCHIVE: Scenario = {
  ...TRASH,
  name: 'a prune into an archive',
  args: [...PRUNE.args, '--archive', 'archive'],
  again: (root) => pruned(root, { archive: join(root, 'archive') }),
  outcome: (root) => [keptAndTrashed(root), contents(join(root, 'archive', 'x', RUN.split('/').at(-1)!))],
};

const UNDELETE: Scenario = {
  ...TRASH,
  name: 'an undelete',
  args: ['undelete', RUN],
  async prepare(root) {
    await TRASH.prepare(root);
    await pruned(root, { keepTrash: '7d' });
  },
  // it is back, or it is brought back
  async again(root) {
    if (!existsSync(join(root, RUN))) expect(await undeleteCommand([join(root, RUN)], {}, quiet)).toBe(0);
  },
};

export const SCENARIOS: readonly Scenario[] = [
  ofCapture('a capture of JSON lines and Parquet', JSONL),
  ofCapture('a capture of SQLite', SQLITE),
  INGEST,
  REPAIR,
  PRUNE,
  TRASH,
  ARCHIVE,
  UNDELETE,
  ofRecover('a recovery of JSON lines and Parquet', JSONL),
  ofRecover('a recovery of SQLite', SQLITE),
  ofResume('a resumption of JSON lines and Parquet', JSONL),
  ofResume('a resumption of SQLite', SQLITE),
];
