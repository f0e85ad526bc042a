import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readIngestParams } from '../../src/ingest/index.js';

const file = (name: string): string => new URL(`../../${name}`, import.meta.url).pathname;
const text = (name: string): string => readFileSync(file(name), 'utf8');

describe('the DVC stage', () => {
  it('is in the guide as in dvc.yaml', () => {
    const [, shown] = /^cat > dvc\.yaml <<'EOF'\n(.*?)^EOF$/ms.exec(text('docs/recipes.md'))!;
    expect(parse(shown!)).toEqual(parse(text('dvc.yaml')));
  });

  it('has parameters that ingest reads', async () => {
    const params = await readIngestParams(file('params.yaml'), { run_dir: undefined, out_dir: undefined });
    expect(params).toEqual({ run_dir: 'results/demo/run-20260101-000000', out_dir: 'data/captures' });
    const { stages } = parse(text('dvc.yaml')) as { stages: Record<string, unknown> };
    expect(stages).toEqual({
      capture_ingest: {
        cmd: 'npx --no-install plume-nav-capture ingest',
        deps: ['${ingest_capture.run_dir}'],
        params: ['ingest_capture.run_dir', 'ingest_capture.out_dir'],
        outs: [{ '${ingest_capture.out_dir}': { cache: true, persist: true } }],
      },
    });
  });
});
