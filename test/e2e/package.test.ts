import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the packed tarball', () => {
  let files: string[];
  beforeAll(() => {
    // without scripts: prepack would rebuild the dist that other tests run from
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const text = execFileSync('npm', args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [pack] = JSON.parse(text) as [{ files: { path: string }[] }];
    files = pack.files.map(({ path }) => path);
  }, 60_000);

  it('holds what a user needs, and nothing of the workshop', () => {
    const topLevel = [...new Set(files.map((path) => path.split('/')[0]!))];
    expect(topLevel.sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin',
      'conf',
      'dist',
      'dvc.yaml',
      'package.json',
      'params.yaml',
    ]);
  });

  it('holds every module of src with its types, and no leftover of a deleted one; of cli the bundle', () => {
    const modules = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('cli/'))
      .flatMap((name) => ['.js', '.d.ts'].map((ending) => `dist/${name.replace(/\.ts$/, ending)}`));
    const dist = files.filter((path) => path.startsWith('dist/'));
    const bundle = dist.filter((path) => path.startsWith('dist/cli/'));
    expect(dist.filter((path) => !bundle.includes(path)).sort()).toEqual(modules.sort());
    const started = bundle.filter((path) => !path.startsWith('dist/cli/chunks/'));
    const entries = [
      'episode-thread',
      'job-worker',
      'main',
      'make-thread',
      'read-back-thread',
      'read-thread',
    ];
    expect(started.sort()).toEqual(['dist/cli/NOTICES.txt', ...entries.map((name) => `dist/cli/${name}.js`)]);
    for (const path of bundle.filter((name) => name.endsWith('.js'))) {
      const text = readFileSync(join(ROOT, path), 'utf8').replaceAll(/^\s*(?:\*|\/\*|\/\/).*$/gm, '');
      const imported = [...text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)].map(([, other]) => other!);
      for (const other of imported) expect(bundle).toContain(join(dirname(path), other));
    }
  });

  it('holds the licence of everything that is bundled', () => {
    const notices = readFileSync(join(ROOT, 'dist/cli/NOTICES.txt'), 'utf8');
    for (const name of ['commander', 'yaml', 'zod', 'execa', 'chalk']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((?:MIT|ISC)\\)$`, 'm'));
    }
  });

  it('holds the whole config tree', () => {
    const conf = readdirSync(join(ROOT, 'conf'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
    expect(files.filter((path) => path.startsWith('conf/')).sort()).toEqual(conf.sort());
  });

  it('holds what package.json points to', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
      exports: Record<'.', { types: string; default: string }>;
    };
    const { types, default: main } = manifest.exports['.'];
    const targets = [...Object.values(manifest.bin), types, main].map((path) => path.replace(/^\.\//, ''));
    for (const target of targets) expect(files).toContain(target);
  });
});
