import { createHash } from 'node:crypto';
import {
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseTypedJson, type JsonMap } from '../../src/core/canonical-json.js';
import { scratchDirectory } from '../e2e/binary.js';
import { errorsOf, readers, signed, survives } from './hostile.js';
import { copyOf, finishedRun } from './runs.js';

const SECRET = 'of the one who ingests';
/** Clears a terminal in three ways, turns the writing round, and breaks the line. */
const ESCAPES = '\u001b[2J\u009b2J\u202e\n\u0007';

let run: string;
/** A sound run of the same experiment that ended after it. */
let later: string;
/** A folder that no command is given; a file in it. */
let elsewhere: string;
let secret: string;
beforeAll(async () => {
  run = await finishedRun([]);
  later = await finishedRun(['run_id=later']);
  elsewhere = scratchDirectory();
  secret = join(elsewhere, 'secret');
  writeFileSync(secret, SECRET);
});

const filesOf = (path: string): JsonMap[] =>
  (
    (parseTypedJson(readFileSync(join(path, 'manifest.json'), 'utf8')) as JsonMap)['files'] as JsonMap[]
  ).slice();

/** The inventory's entry of a file, true to its bytes. */
function entry(file: string, path: string): JsonMap {
  const bytes = readFileSync(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const more = { rows: null, media_type: 'text/plain', role: 'meta', derived_from: null };
  return { path, bytes: BigInt(bytes.length), sha256, ...more };
}

function sign(path: string, files: readonly JsonMap[]): void {
  const manifest = join(path, 'manifest.json');
  writeFileSync(manifest, signed(readFileSync(manifest, 'utf8'), files));
}

/** All texts below a folder, links not followed. */
function texts(folder: string): string {
  const found: string[] = [];
  for (const entryOf of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entryOf.name);
    if (entryOf.isDirectory()) found.push(texts(path));
    else if (entryOf.isFile()) found.push(readFileSync(path, 'latin1'));
  }
  return found.join('\n');
}

/** Nothing of elsewhere came into an output, and nothing went there. */
function expectApart(out: string): void {
  expect(texts(out)).not.toContain(SECRET);
  expect(readdirSync(elsewhere)).toEqual(['secret']);
  expect(readFileSync(secret, 'utf8')).toBe(SECRET);
}

describe('a run.json that names another place', () => {
  it.each([
    ['above it', '../../escaped'],
    ['just above it', '..'],
    ['by its whole path', '/tmp/escaped'],
    ['behind a NUL', 'a\u0000b'],
    ['of 4 KB', 'x'.repeat(4096)],
    ['in commands to the terminal', ESCAPES],
  ])(
    '%s',
    async (_, name) => {
      const copy = copyOf(run);
      const results = join(copy, '../..');
      const path = join(copy, 'run.json');
      const json = JSON.parse(readFileSync(path, 'utf8')) as object;
      writeFileSync(path, JSON.stringify({ ...json, experiment: name, run_id: name }));
      const errors = await errorsOf(copy);
      expect(errors.filter((error) => error.startsWith('run-name '))).toHaveLength(2);
      const { out, commands } = readers(copy);
      const { exitCode, stderr } = await survives(commands[1]!);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: expect.stringContaining('is not a valid name'),
      });
      // a sound run that is newer, so that this one is to go
      cpSync(later, join(results, 'demo', basename(later)), { recursive: true });
      const pruned = await survives(['prune', results, '--keep-last', '1', '--yes']);
      expect({ exitCode: pruned.exitCode, stderr: pruned.stderr }).toEqual({
        exitCode: 3,
        stderr: expect.stringMatching(/ (?:is not a run of ours|renamed by hand|moved by hand): /),
      });
      expect(pruned.stdout).toContain('removed 0 runs');
      expect(readdirSync(results)).toEqual(['demo']);
      expect(readdirSync(copy)).toContain('manifest.json');
      expect(readdirSync(out)).toEqual([]);
    },
    60_000,
  );
});

describe('a manifest that names', () => {
  it.each<[what: string, name: (copy: string) => string]>([
    ['a file above the run', () => `../../../${basename(elsewhere)}/secret`],
    ['a file by its whole path', () => secret],
    ['a file by a name of 4 KB', () => 'n'.repeat(4096)],
    ['no file', () => ''],
  ])('%s: it is not looked at', async (_, name) => {
    const copy = copyOf(run);
    sign(copy, [...filesOf(copy), entry(secret, name(copy))]);
    const [error, ...others] = await errorsOf(copy);
    expect(error).toMatch(/^manifest-file .*: in the inventory, but not in the directory$/);
    expect(error!.length).toBeLessThan(400);
    expect(others).toEqual([]);
    const { out, commands } = readers(copy);
    expect((await survives(commands[1]!)).exitCode).toBe(1);
    expectApart(out);
  });

  it.each(['.parquet', '.git', 'DATASET_INDEX.json', 'run.lock', `notes${ESCAPES}`])(
    '%j, which no run has',
    async (name) => {
      const copy = copyOf(run);
      cpSync(secret, join(copy, name));
      sign(copy, [...filesOf(copy), entry(secret, name)]);
      const { out, commands } = readers(copy);
      // before ingest: that takes the place of a lock nobody holds
      const errors = await errorsOf(copy);
      expect(errors.join('\n')).toMatch(
        /^manifest-file [^]*: in the inventory, but no file of a run has such a name$/,
      );
      expect((await survives(commands[1]!)).exitCode).toBeGreaterThan(0);
      expectApart(out);
    },
  );
});

describe('links', () => {
  it.each(['config.yaml', 'overrides.yaml'])(
    'to a file elsewhere, called %s and listed nowhere, are left out',
    async (name) => {
      const copy = copyOf(run);
      sign(
        copy,
        filesOf(copy).filter(({ path }) => path !== name),
      );
      rmSync(join(copy, name));
      symlinkSync(secret, join(copy, name));
      const { out, commands } = readers(copy);
      const planned = await survives([...commands[1]!, '--dry-run']);
      expect(planned.stdout).toMatch(
        new RegExp(`leave-out +${name} +a link out of the run, and no manifest lists it`),
      );
      expect((await survives(commands[1]!)).exitCode).toBe(0);
      expectApart(out);
    },
  );

  it('in the place of the lock are not written through', async () => {
    const copy = copyOf(run);
    symlinkSync(join(elsewhere, 'made'), join(copy, 'run.lock'));
    const { out, commands } = readers(copy);
    for (const command of commands) await survives(command);
    expectApart(out);
  });

  it('to themselves are a finding', async () => {
    const copy = copyOf(run);
    rmSync(join(copy, 'steps.jsonl.gz'));
    symlinkSync('steps.jsonl.gz', join(copy, 'steps.jsonl.gz'));
    expect(await errorsOf(copy)).toEqual([expect.stringMatching(/^file-unreadable steps.jsonl.gz: ELOOP/)]);
  });

  it('out of a run, and files with two names, stay where prune removes it', async () => {
    const old = copyOf(run);
    const results = join(old, '../..');
    symlinkSync(elsewhere, join(old, 'folder'));
    symlinkSync(secret, join(old, 'file'));
    symlinkSync('/', join(old, `root${ESCAPES}`));
    linkSync(secret, join(old, 'hard'));
    // a newer one, so that the old one goes; and what stands in the way of both
    cpSync(run, join(results, 'other', basename(run)), { recursive: true });
    symlinkSync(elsewhere, join(results, 'linked'));
    symlinkSync(elsewhere, join(results, '.gone-1-01234567-host'));
    symlinkSync(elsewhere, join(dirname(old), 'run-20200101-000000'));
    mkdirSync(join(results, `exp${ESCAPES}`));
    const outcome = await survives(['prune', results, '--keep-last', '1', '--dry-run']);
    expect(outcome.stdout).toContain('0 runs (0 B) to remove');
    // of two that ended together the later name counts as newer; as long, so that sizes stay as stated
    const newer = join(dirname(old), basename(run).replace('run', 'sun'));
    cpSync(run, newer, { recursive: true });
    for (const name of ['run.json', 'manifest.json']) {
      const path = join(newer, name);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(basename(run), basename(newer)));
    }
    sign(newer, filesOf(newer));
    const pruned = await survives(['prune', results, '--keep-last', '1', '--yes']);
    expect(pruned.stdout).toContain('removed 1 run');
    expect(readdirSync(dirname(old)).sort()).toEqual(['run-20200101-000000', basename(newer)].sort());
    expect(lstatSync(join(results, 'linked')).isSymbolicLink()).toBe(true);
    expectApart(results);
  }, 60_000);
});

it('names and values with commands to the terminal are printed as text', async () => {
  const copy = copyOf(run);
  writeFileSync(join(copy, ESCAPES), '');
  const manifest = join(copy, 'manifest.json');
  const stated = JSON.parse(readFileSync(manifest, 'utf8')) as object;
  writeFileSync(manifest, JSON.stringify({ ...stated, run_id: ESCAPES, ended_at: ESCAPES }));
  const { commands } = readers(copy);
  for (const command of [['validate', copy], ...commands, [...commands[1]!, '--json']])
    await survives(command);
  for (const json of [[], ['--json']]) {
    const { stdout } = await survives(['prune', join(copy, '../..'), '--keep-last', '1', ...json]);
    expect(stdout).toContain('manifest.json says \\u001b[2J\\u009b2J\\u202e\\n');
  }
});
