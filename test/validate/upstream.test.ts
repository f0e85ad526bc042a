import { cpSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { validateRun } from '../../src/validate/index.js';

const ROOT = fileURLToPath(new URL('../golden/upstream-runs/upstream-demo', import.meta.url));
const RUN = readdirSync(ROOT)[0]!;

/** A copy of the run plume_nav_sim wrote, to change. */
function copy(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'upstream-')), 'upstream-demo', RUN);
  cpSync(join(ROOT, RUN), path, { recursive: true });
  return path;
}
const codes = async (path: string) => (await validateRun(path)).findings.map(({ code }) => code);

const NOTES = ['schema-older', 'manifest-foreign', 'gzip-plain', 'gzip-plain'];

it('a run written by plume_nav_sim is valid, its differences are notes', async () => {
  const report = await validateRun(join(ROOT, RUN));
  expect(report).toMatchObject({ ok: true, errors: 0, notes: 4, counts: { episodes: 3, steps: 61 } });
  expect(report.findings.map(({ code }) => code)).toEqual(NOTES);
});

it('so are a manifest and Parquet files of its own form', async () => {
  const path = copy();
  writeFileSync(join(path, 'manifest.json'), JSON.stringify({ run_id: RUN, files: ['run.json'] }));
  writeFileSync(join(path, 'steps.parquet'), '');
  const expected = ['manifest-foreign', 'parquet-foreign', 'schema-older', 'gzip-plain', 'gzip-plain'];
  expect((await codes(path)).sort()).toEqual(expected.sort());
});

it('fewer episodes than seeds is a note: it does not say how it ended', async () => {
  const path = copy();
  for (const stream of ['steps', 'episodes']) writeFileSync(join(path, `${stream}.jsonl.gz`), gzipSync(''));
  expect(await codes(path)).toEqual([...NOTES, 'episodes-fewer']);
});
