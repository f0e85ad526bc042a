import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalHash, parseTypedJson, type JsonMap } from '../../src/core/canonical-json.js';
import { capturedRun, newFolder } from '../fixtures/captured-run.js';
import { reproduce, reproduction, withJson, withRunText } from './support.js';

// no goal: every episode has 20 steps
const STEADY = ['episodes=5', 'env.goal_radius=0', 'env.source_location=[7,7]', 'policy=random', 'seed=40'];
let runDir: string;
beforeAll(async () => {
  runDir = await capturedRun(newFolder(), STEADY);
});

describe('what run.json and manifest.json say', () => {
  it('another seed gives another run', async () => {
    const path = withRunText(runDir, (text) => {
      const changed = text.replace(/"seed": 40\b/, '"seed": 41');
      const { extra } = parseTypedJson(changed) as { extra: { config: JsonMap } };
      return changed.replace(/("config_hash": ")[0-9a-f]{64}/, `$1${canonicalHash(extra.config)}`);
    });
    const { difference } = await reproduction(path);
    expect(difference).toMatchObject({ episode: 1, step: 1 });
  });

  it('a configuration that was changed is refused', async () => {
    const changed = withJson(runDir, 'run.json', (run) => {
      (run['extra'] as { config: Record<string, unknown> }).config['seed'] = 41;
    });
    await expect(reproduce(changed)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('was changed') as string,
    });
  });

  it('another way of recording than the configuration has is refused', async () => {
    const path = await capturedRun(newFolder(), ['record.recording.step_interval=3']);
    // behind the configuration, which says it first
    const changed = withRunText(path, (text) => text.replace(/(.*"step_interval": )3/s, '$12'));
    await expect(reproduce(changed)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('was changed: extra.recording is') as string,
    });
  });

  it('another number of seeds than episodes is refused', async () => {
    const changed = withRunText(runDir, (text) => text.replace(/("episode_seeds": \[\s*)\d+,/, '$1'));
    await expect(reproduce(changed)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(
        /run\.json was changed: episode_seeds has 4 seeds, .* 5 seeds$/,
      ) as string,
    });
  });

  it('a manifest that is none is refused', async () => {
    const changed = withJson(runDir, 'manifest.json', (manifest) => delete manifest['counts']);
    await expect(reproduce(changed)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('is damaged: manifest.json: counts') as string,
    });
  });

  it('another version is a note', async () => {
    const changed = withRunText(runDir, (text) => text.replace(/(?<="package_version": ")[^"]+/, '0.0.9'));
    expect(await reproduction(changed)).toMatchObject({
      identical: true,
      notes: [
        expect.stringMatching(/^captured by version 0\.0\.9 of plume-nav-capture, this is \d/) as string,
      ],
    });
  });

  it('another digest is a difference of its own', async () => {
    const wrong = 'f'.repeat(64);
    const changed = withJson(
      runDir,
      'manifest.json',
      (manifest) => void (manifest['content_digest'] = wrong),
    );
    expect(await reproduction(changed)).toMatchObject({
      counts: { episodes: 5, steps: 100 },
      difference: { episode: null, field: 'content_digest', recorded: wrong, file: 'manifest.json' },
    });
  });

  it('nothing of a configuration makes it a run of another program', async () => {
    const changed = withJson(runDir, 'run.json', (run) => void (run['extra'] = {}));
    await expect(reproduce(changed)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('another program made this run') as string,
    });
  });
});
