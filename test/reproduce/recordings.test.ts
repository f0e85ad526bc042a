import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { capturedRun, newFolder, stamps } from '../fixtures/captured-run.js';
import { EXAMPLE_BACKEND } from '../fixtures/example-backend.js';
import { folderWith } from '../fixtures/module-folder.js';
import { reproduce, reproduction } from './support.js';

const MOVIE = fileURLToPath(new URL('../golden/gaussian_plume_demo.zarr', import.meta.url));
const TURNING = 'env.action_type=oriented';
const OWN_POLICY = `export default ({ rng, actionCount }) => ({
  reset() {},
  choose: () => rng.integers(0, actionCount),
});
`;

const digestOf = (runDir: string): string =>
  (JSON.parse(readFileSync(join(runDir, 'manifest.json'), 'utf8')) as { content_digest: string })
    .content_digest;

describe('a run is reproduced to the last bit', () => {
  const files = folderWith({
    'actions.json': JSON.stringify([[0, 1, 2], [2], [0, 0, 1, 1]]),
    'policy.js': OWN_POLICY,
  });
  const policy = join(files, 'policy.js');
  it.each<[what: string, overrides: string[], own?: { policy?: string; backend?: string }]>([
    ['jsonl', []],
    ['jsonl in parts', ['rotate_size=1000', 'episodes=30', 'env.max_steps=150', 'env.goal_radius=0']],
    ['with Parquet beside it', ['parquet=true']],
    ['parquet', ['record=parquet']],
    ['hdf5', ['record=hdf5']],
    ['sqlite', ['record=sqlite']],
    ['a backend of one’s own', [`record.backend=${EXAMPLE_BACKEND}`], { backend: EXAMPLE_BACKEND }],
    ['every third step', ['record.recording.step_interval=3']],
    ['one batch a step', ['record.performance.buffer.max_records=1']],
    ['episodes only', ['record.recording.full=false']],
    [
      'columns left out',
      ['actions', 'rewards', 'observations'].map((name) => `record.recording.include_${name}=false`),
    ],
    [
      'extra columns',
      [
        'record.columns=[orientation,velocity,concentration,gradient,wind,agent_id]',
        'env.wind.enabled=true',
        'env.wind.speed=0.5',
      ],
    ],
    [
      'wind with noise',
      [
        'env.observation_type=wind_vector',
        'env.wind.enabled=true',
        'env.wind.noise_std=0.1',
        'policy=random',
      ],
    ],
    ['antennae', ['env.observation_type=antennae', 'policy=random']],
    ['run and tumble', ['env.action_type=run_tumble', 'policy=random']],
    ['a policy that explores', [TURNING, 'policy=temporal_derivative', 'policy.eps=0.5']],
    ['a movie', ['env/plume=movie', `movie.path=${MOVIE}`, 'env.grid_size=null']],
    ['scripted actions', [TURNING, 'policy=scripted', `policy.actions_file=${join(files, 'actions.json')}`]],
    ['a policy of one’s own', [TURNING, 'policy=module', `policy.module=${policy}`], { policy }],
    ['the machine’s clock', ['clock=wall']],
    ['no reward but at the source', ['env.reward_type=sparse']],
  ])('%s', async (_, overrides, own = {}) => {
    const runDir = await capturedRun(newFolder(), ['episodes=3', ...overrides]);
    const before = stamps(runDir);
    const { code, out, err } = await reproduce(runDir, own);
    expect(out).toMatch(/^reproduced (?:3|30) episodes, [\d,]+ steps: identical\n/);
    expect(out).toContain(`digest  ${digestOf(runDir)}\n`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(stamps(runDir)).toEqual(before);
  });
});

describe('what a run names', () => {
  it('is not loaded when only the run names it', async () => {
    const touched = join(newFolder(), 'touched');
    const spy = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(touched)}, '');\n`;
    const files = folderWith({
      'policy.js': OWN_POLICY,
      'backend.js': readFileSync(EXAMPLE_BACKEND, 'utf8'),
    });
    const policy = join(files, 'policy.js');
    const backend = join(files, 'backend.js');
    const byPolicy = await capturedRun(newFolder(), ['policy=module', `policy.module=${policy}`]);
    const byBackend = await capturedRun(newFolder(), [`record.backend=${backend}`]);
    for (const file of [policy, backend]) writeFileSync(file, spy + readFileSync(file, 'utf8'));
    await expect(reproduce(byPolicy)).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringContaining(`a policy of your own, ${policy}`) as string,
      hint: expect.stringContaining(`--policy ${policy}`) as string,
    });
    await expect(reproduce(byBackend)).rejects.toMatchObject({
      kind: 'input',
      message: `${byBackend} has run.json and no records`,
      hint: expect.stringContaining('--backend ./mine.js') as string,
    });
    expect(existsSync(touched)).toBe(false);
  });
});

describe('inputs', () => {
  let actions: string;
  let runDir: string;
  beforeAll(async () => {
    actions = join(folderWith({ 'actions.json': '[[0, 1, 2], [2, 2]]' }), 'actions.json');
    runDir = await capturedRun(newFolder(), [TURNING, 'policy=scripted', `policy.actions_file=${actions}`]);
  });

  it('that have changed are named before the difference they make', async () => {
    writeFileSync(actions, '[[0, 1, 2], [1, 2]]');
    const { code, out, err } = await reproduce(runDir);
    expect(err).toMatch(
      new RegExp(
        `^note: the actions file ${actions} is not the one the run was made with: sha256 [0-9a-f]{12}, then [0-9a-f]{12}\n$`,
      ),
    );
    expect(out).toMatch(/^ep-000002 step 1: action is 1, recorded 2\n/);
    expect(code).toBe(1);
  });

  it('that no longer fit are named, too', async () => {
    writeFileSync(actions, '[[0, 1, 2], [2, 7]]');
    let notes = '';
    const io = { stdout: () => {}, stderr: (text: string) => void (notes += text) };
    const { run } = await import('../../src/cli/commands/reproduce.js');
    await expect(run(runDir, {}, io)).rejects.toMatchObject({ kind: 'input' });
    expect(notes).toContain('is not the one the run was made with');
  });

  it('that are gone are an error of the input', async () => {
    const movie = join(newFolder(), 'movie.zarr');
    cpSync(MOVIE, movie, { recursive: true });
    const path = await capturedRun(newFolder(), [
      'env/plume=movie',
      `movie.path=${movie}`,
      'env.grid_size=null',
    ]);
    rmSync(movie, { recursive: true });
    await expect(reproduce(path)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(movie) as string,
    });
  });

  it('of a policy module are compared by its file', async () => {
    const files = folderWith({ 'policy.js': OWN_POLICY, 'other.js': `// another\n${OWN_POLICY}` });
    const path = await capturedRun(newFolder(), [
      'policy=module',
      `policy.module=${join(files, 'policy.js')}`,
    ]);
    const { identical, notes } = await reproduction(path, { policy: join(files, 'other.js') });
    expect(identical).toBe(true);
    expect(notes).toEqual([expect.stringMatching(/^the policy module .*other\.js is not the one/) as string]);
  });
});
