import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run, type ValidateOptions } from '../../src/cli/commands/validate.js';
import type { Report } from '../../src/core/report.js';
import { lockRun } from '../../src/io/run-lock.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import { folderWith } from '../fixtures/module-folder.js';
import { buildRun } from '../fixtures/run-builder.js';
import { copyOf, withRecords } from './support.js';

async function validate(
  path: string,
  options: ValidateOptions = { deep: true },
): Promise<{ code: number; report: Report }> {
  let out = '';
  const io = { stdout: (text: string) => void (out += text), stderr: () => {} };
  const code = await run([path], { ...options, json: true }, io);
  return { code, report: (JSON.parse(out) as { runs: [Report] }).runs[0] };
}

const deepOf = ({ findings }: Report): Report['findings'] =>
  findings.filter(({ code }) => code.startsWith('deep-'));

describe('validate --deep', () => {
  it('has nothing to say of a run that simulating gives again', async () => {
    const { code, report } = await validate(await capturedRun(newFolder()));
    expect({ code, findings: report.findings }).toEqual({ code: 0, findings: [] });
    expect(report.checks.at(-1)).toBe('deep');
  });

  it('is not done unasked', async () => {
    const { report } = await validate(await capturedRun(newFolder()), {});
    expect(report.checks).not.toContain('deep');
  });

  it('finds what no other check can', async () => {
    // a reward and its sum, as somebody would change them who knows the checks
    const runDir = await capturedRun(newFolder(), ['env.goal_radius=0', 'env.reward_type=sparse']);
    const steps = withRecords(runDir, 'steps', (all) => void (all[24]!['reward'] = 1));
    const changed = withRecords(steps, 'episodes', (all) => void (all[1]!['total_reward'] = 1));
    const { code, report } = await validate(changed);
    expect(code).toBe(1);
    expect(deepOf(report)).toEqual([
      {
        code: 'deep-difference',
        severity: 'error',
        file: 'steps.jsonl.gz',
        line: 25,
        message: 'ep-000002 step 5: reward is 0.0, recorded 1.0',
      },
    ]);
  });

  it('replays a run of plume_nav_sim', async () => {
    const path = fileURLToPath(
      new URL('../golden/upstream-runs/upstream-demo/run-20261120-232758', import.meta.url),
    );
    expect(deepOf((await validate(path)).report)).toEqual([]);
    const changed = withRecords(path, 'steps', (all) => void (all[6]!['reward'] = 1));
    expect(deepOf((await validate(changed)).report)).toMatchObject([{ code: 'deep-difference', line: 7 }]);
  });

  describe('skips with the reason', () => {
    const reasonOf = async (path: string, options?: ValidateOptions): Promise<string> => {
      const { report } = await validate(path, options);
      const [found, ...more] = deepOf(report);
      expect(more).toEqual([]);
      expect(found).toMatchObject({ code: 'deep-skipped', severity: 'note' });
      return found!.message;
    };

    it('a run of another program', async () => {
      expect(await reasonOf(await buildRun())).toContain('another program made this run');
    });

    it('a policy of one’s own, unless it is named', async () => {
      const policy = join(
        folderWith({ 'policy.js': 'export default () => ({ reset() {}, choose: () => 0 });\n' }),
        'policy.js',
      );
      const path = await capturedRun(newFolder(), ['policy=module', `policy.module=${policy}`]);
      expect(await reasonOf(path)).toContain(`--policy ${policy}`);
      const { code, report } = await validate(path, { deep: true, policy });
      expect({ code, findings: report.findings }).toEqual({ code: 0, findings: [] });
    });

    it('a run that is damaged', async () => {
      const path = withRecords(await capturedRun(newFolder()), 'steps', (all) => {
        delete all[3]!['reward'];
      });
      expect(await reasonOf(path)).toContain('is damaged: steps.jsonl.gz:4');
    });

    it('a run that is held', async () => {
      const path = copyOf(await capturedRun(newFolder()));
      await lockRun(path, 'capturing');
      expect(await reasonOf(path)).toContain('is held');
    });
  });

  it('alone makes sense of --policy', async () => {
    await expect(validate('.', { policy: './policy.js' })).rejects.toMatchObject({ kind: 'usage' });
  });
});
