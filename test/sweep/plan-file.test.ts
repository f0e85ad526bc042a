import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SweepPlan } from '../../src/sweep/plan.js';
import { createSweep, openSweep, planText } from '../../src/sweep/plan-file.js';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

function plan(changes: Partial<SweepPlan> = {}): SweepPlan {
  return {
    plan_version: 1,
    package_version: '0.1.0',
    created_at: '2026-01-02T03:04:05.000Z',
    cwd: '/somewhere',
    output: join(mkdtempSync(join(tmpdir(), 'sweep-')), 'results'),
    config_path: null,
    config_dir: null,
    config_name: 'data_capture/config',
    overrides: ['seed=1,2'],
    reason: 'two seeds',
    jobs: [
      { job: 1, swept: { seed: '1' }, overrides: ['seed=1'], config_hash: 'a'.repeat(64) },
      { job: 2, swept: { seed: '2' }, overrides: ['seed=2'], config_hash: 'b'.repeat(64) },
    ],
    ...changes,
  };
}

describe('multirun.yaml', () => {
  it('is YAML that says what the plan is, whatever the overrides', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' })),
        fc.dictionary(fc.string({ unit: 'binary' }), fc.string(), { noNullPrototype: true }),
        (overrides, swept) => {
          const [first] = plan().jobs;
          const wanted = plan({ overrides, jobs: [{ ...first!, swept, overrides }] });
          for (const version of ['1.1', '1.2'] as const) {
            expect(parse(planText(wanted), { version })).toEqual(wanted);
          }
        },
      ),
    );
  });

  it('has a line for each job', () => {
    expect(planText(plan()).match(/^ {2}- \{"job":\d,/gm)).toHaveLength(2);
  });
});

describe('createSweep and openSweep', () => {
  it('give every sweep of a second its own folder, and the plan back', async () => {
    const wanted = plan();
    const directories = await Promise.all([1, 2, 3].map(() => createSweep(wanted, NOW)));
    expect(directories.sort()).toEqual(
      ['', '-2', '-3'].map((suffix) => join(wanted.output, `multirun/sweep-20260102-030405${suffix}`)),
    );
    for (const directory of directories) {
      expect(await openSweep(`${directory}/`)).toEqual({ directory, plan: wanted });
    }
  });

  it('read a plan of an earlier version, which has no reason', async () => {
    const directory = await createSweep(plan(), NOW);
    const path = join(directory, 'multirun.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^reason: .*\n/m, ''));
    expect((await openSweep(directory)).plan).toEqual({
      ...plan(),
      output: expect.any(String),
      reason: null,
    });
  });

  it('find the sweep through a link to its results', async () => {
    const wanted = plan();
    const directory = await createSweep(wanted, NOW);
    const link = `${wanted.output}-link`;
    symlinkSync(wanted.output, link);
    expect(await openSweep(directory.replace(wanted.output, link))).toEqual({ directory, plan: wanted });
  });

  it('refuse a folder that was moved, since its runs would go elsewhere', async () => {
    const wanted = plan();
    const directory = await createSweep(wanted, NOW);
    const elsewhere = `${wanted.output}-elsewhere`;
    renameSync(directory, elsewhere);
    await expect(openSweep(elsewhere)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('where the sweep has its runs'),
      hint: expect.stringContaining('/somewhere'),
    });
  });

  it('refuse what is no sweep, in a line that says why', async () => {
    const { output } = plan();
    const refusal = (path: string) =>
      openSweep(path).then(
        () => null,
        (error: Error & { kind: string }) => `${error.kind}: ${error.message.replaceAll(path, 'DIR')}`,
      );
    expect(await refusal(join(output, 'none'))).toBe(
      'input: DIR is not the folder of a sweep: it has no multirun.yaml',
    );
    const folder = join(output, 'multirun/sweep-20260102-030405');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'multirun.yaml');
    for (const [content, reason] of [
      ['plan_version: 2\n', 'expected plan_version 1, found 2'],
      ['a: 1\nb: [1\n', 'line 3 is no YAML'],
      ['', 'it is empty'],
      ['- 1\n', 'it must be a mapping'],
      ['a: 1\n', "'plan_version' is missing or wrong"],
      [planText(plan()).replace(/^cwd:.*\n/m, ''), "'cwd' is missing or wrong"],
      [planText(plan()).replace(/^jobs:[^]*/m, 'jobs: []\n'), "'jobs' is missing or wrong"],
      [planText(plan()).replace(/^ {2}- .*"job":2.*/m, '  - 5'), 'job 2 of its list is missing or wrong'],
      [planText(plan()).replace('"job":2', '"job":null'), "job 2 of its list, 'job', is missing or wrong"],
    ] as const) {
      writeFileSync(file, content);
      expect(await refusal(folder)).toBe(
        `input: DIR/multirun.yaml is not the plan of a sweep, or damaged: ${reason}`,
      );
    }
    writeFileSync(join(output, 'file'), '');
    expect(await refusal(join(output, 'file'))).toContain('is not the folder of a sweep');
  });

  it('say what the disk says when no folder can be made', async () => {
    const { output } = plan();
    mkdirSync(join(output, '..'), { recursive: true });
    writeFileSync(output, '');
    await expect(createSweep(plan({ output }), NOW)).rejects.toMatchObject({ kind: 'io' });
    expect(readFileSync(output, 'utf8')).toBe('');
  });

  it('leave no folder when the plan cannot be written', async () => {
    const wanted = plan();
    // what no text can hold
    const failing = { ...wanted, overrides: [{ toJSON: () => 1n }] as unknown as string[] };
    await expect(createSweep(failing, NOW)).rejects.toThrow(TypeError);
    expect(readdirSync(join(wanted.output, 'multirun'))).toEqual([]);
  });
});
