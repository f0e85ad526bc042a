import { cpSync, existsSync, mkdtempSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ingest } from '../../src/ingest/index.js';
import { validateRun } from '../../src/validate/index.js';

const UPSTREAM = fileURLToPath(new URL('../golden/upstream-runs/upstream-demo', import.meta.url));

it('makes nothing of a run that is damaged after its validation', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'changed-'));
  cpSync(UPSTREAM, join(folder, 'upstream-demo'), { recursive: true });
  const runDir = join(folder, 'upstream-demo/run-20261120-232758');
  const steps = join(runDir, 'steps.jsonl.gz');
  const outDir = join(folder, 'captures');
  const ingesting = ingest({ runDir, outDir, dryRun: false }, async (path) => {
    const report = await validateRun(path);
    truncateSync(steps, statSync(steps).size - 200);
    return report;
  });
  await expect(ingesting).rejects.toMatchObject({
    kind: 'input',
    message: expect.stringContaining('the run changed while it was ingested: steps.jsonl.gz'),
  });
  expect(existsSync(join(outDir, 'upstream-demo/run-20261120-232758'))).toBe(false);
});
