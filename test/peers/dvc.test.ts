import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { capture, plume } from '../e2e/binary.js';
import { contents, newFolder } from '../fixtures/captured-run.js';
import { findPeers } from './python.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const peers = findPeers(['dvc']);

/** A user's repository: git, DVC with a local remote, our stage, and the program installed in node_modules. */
class Repository {
  readonly path = newFolder();
  readonly remote = newFolder();

  async init(cacheType: string): Promise<void> {
    await this.git('init', '--quiet', '--initial-branch=main');
    await this.dvc('init', '--quiet');
    await this.dvc('config', 'core.analytics', 'false');
    await this.dvc('config', 'cache.type', cacheType);
    await this.dvc('remote', 'add', '--default', 'local', this.remote);
    for (const name of ['dvc.yaml', 'params.yaml']) copyFileSync(join(ROOT, name), join(this.path, name));
    writeFileSync(join(this.path, '.gitignore'), 'node_modules/\n/results/\n');
    mkdirSync(join(this.path, 'node_modules/.bin'), { recursive: true });
    symlinkSync(ROOT, join(this.path, 'node_modules/plume-nav-capture'));
    symlinkSync(
      '../plume-nav-capture/bin/plume-nav-capture.js',
      join(this.path, 'node_modules/.bin/plume-nav-capture'),
    );
  }

  async git(...args: string[]): Promise<string> {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
    return (await execa('git', [...identity, ...args], { cwd: this.path })).stdout;
  }

  async dvc(...args: string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await execa(peers.python!, ['-m', 'dvc', ...args], {
      cwd: this.path,
      reject: false,
      // in CI too DVC shall neither ask nor report
      env: { DVC_NO_ANALYTICS: '1', GIT_TERMINAL_PROMPT: '0' },
    });
    if (exitCode !== 0) throw new Error(`dvc ${args.join(' ')} exited ${exitCode}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Captures a run and names it in params.yaml, as the guide says. */
  async captureRun(seed: number): Promise<string> {
    const overrides = ['--experiment', 'demo', '--episodes', '2', '--grid', '8x8', '--seed', String(seed)];
    const { run_dir: runDir } = await capture(overrides, { cwd: this.path });
    const params = join(this.path, 'params.yaml');
    writeFileSync(params, readFileSync(params, 'utf8').replace(/run_dir: .*/, `run_dir: ${runDir}`));
    return runDir;
  }

  async commit(message: string): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
  }

  get dataset(): string {
    return join(this.path, 'data/captures');
  }
}

const CLEAN = 'Data and pipelines are up to date.';

describe.skipIf(peers.python === null)(`ingested by real DVC (${peers.reason})`, () => {
  describe.each(['copy', 'symlink', 'hardlink'])('cache.type %s', (cacheType) => {
    const repository = new Repository();
    let first: Record<string, string>;
    let both: Record<string, string>;
    beforeAll(() => repository.init(cacheType), 60_000);

    it('dvc repro ingests the run, and then has nothing to do', async () => {
      const runDir = await repository.captureRun(100);
      const text = await repository.dvc('repro', '-s', 'capture_ingest');
      expect(text).toContain(`ingested ${runDir} into data/captures/${runDir.slice('results/'.length)}`);
      expect(await repository.dvc('status')).toContain(CLEAN);
      expect(await repository.dvc('repro', '-s', 'capture_ingest')).toContain("didn't change, skipping");
      await repository.commit('first run');
      await repository.dvc('push');
      first = contents(repository.dataset);
      expect(Object.keys(first)).toHaveLength(9);
      const file = join(repository.dataset, Object.keys(first)[0]!);
      expect(lstatSync(file).isSymbolicLink()).toBe(cacheType === 'symlink');
      expect(lstatSync(file).nlink > 1).toBe(cacheType === 'hardlink');
    }, 120_000);

    it('ingest by hand into what DVC linked changes nothing, and never the cache', async () => {
      const cache = contents(join(repository.path, '.dvc/cache'));
      const again = await plume(['ingest'], { cwd: repository.path });
      expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('already ingested') });
      const place = join(repository.dataset, 'demo', readdirSync(join(repository.dataset, 'demo'))[0]!);
      rmSync(join(place, 'steps.parquet'));
      const repaired = await plume(['ingest'], { cwd: repository.path });
      expect(repaired).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('steps.parquet is missing'),
      });
      expect(contents(repository.dataset)).toEqual(first);
      expect(contents(join(repository.path, '.dvc/cache'))).toEqual(cache);
      expect(await repository.dvc('status')).toContain(CLEAN);
    }, 120_000);

    it('a second run is added by changing the parameter; the first keeps every byte', async () => {
      await repository.captureRun(200);
      expect(await repository.dvc('status')).toContain('run_dir');
      await repository.dvc('repro', '-s', 'capture_ingest');
      expect(await repository.dvc('status')).toContain(CLEAN);
      both = contents(repository.dataset);
      expect(both).toMatchObject(first);
      expect(Object.keys(both)).toHaveLength(18);
      await repository.commit('second run');
    }, 120_000);

    it('pushed, wiped and pulled, the files are identical and validate', async () => {
      await repository.dvc('push');
      rmSync(repository.dataset, { recursive: true });
      rmSync(join(repository.path, '.dvc/cache'), { recursive: true });
      await repository.dvc('pull');
      expect(contents(repository.dataset)).toEqual(both);
      expect(await repository.dvc('status')).toContain(CLEAN);
      const validated = await plume(['validate', '--all', 'data/captures'], { cwd: repository.path });
      expect(validated).toMatchObject({ exitCode: 0 });
    }, 120_000);

    it('an older commit gives the older dataset, the newest the newest', async () => {
      await repository.git('checkout', '--quiet', 'HEAD~1');
      await repository.dvc('pull');
      expect(contents(repository.dataset)).toEqual(first);
      await repository.git('checkout', '--quiet', 'main');
      await repository.dvc('checkout');
      expect(contents(repository.dataset)).toEqual(both);
      await repository.git('checkout', '--quiet', 'HEAD~1');
      await repository.dvc('checkout');
      expect(contents(repository.dataset)).toEqual(first);
    }, 120_000);
  });

  it('a run with errors fails the stage, and the dataset stays as it was', async () => {
    const repository = new Repository();
    await repository.init('copy');
    const runDir = await repository.captureRun(1);
    writeFileSync(join(repository.path, runDir, 'steps.jsonl.gz'), 'damaged');
    await expect(repository.dvc('repro', '-s', 'capture_ingest')).rejects.toThrow('not ingested');
    expect(existsSync(repository.dataset)).toBe(false);
  }, 120_000);
});
