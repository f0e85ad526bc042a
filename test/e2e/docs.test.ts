import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { findPeers } from '../peers/python.js';
import { BINARY, scratchDirectory, withoutDiskLow } from './binary.js';

/*
 * Every command in README.md and docs/ runs, in the order of the page, in one empty folder with a git repository:
 *   ```sh          all of it
 *   ```sh peers    all of it, where the tools of other people are installed
 *   ```console     the lines after `$ `, and what they print must be what the page shows
 * Only what sets up or tests the clone itself is left to CI, which runs it.
 */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RUN_BY_CI = /^(npm (start|test|install|ci)\b|git clone |cd plume-nav-capture$)/;

const pages = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const peers = findPeers(['dvc', 'pandas', 'pyarrow', 'duckdb']);

interface Block {
  info: string;
  text: string;
}

function blocks(page: string): Block[] {
  const source = readFileSync(join(ROOT, page), 'utf8');
  return [...source.matchAll(/^```(sh|sh peers|console)\n(.*?)^```$/gms)].map(([, info, text]) => ({
    info: info!,
    text: text!,
  }));
}

/** A folder for the page's commands, with our binary and the peers' on the PATH. */
function workplace(): { cwd: string; env: Record<string, string> } {
  const cwd = scratchDirectory();
  const bin = join(cwd, '.bin');
  mkdirSync(bin);
  const shims = {
    'plume-nav-capture': `exec "${process.execPath}" "${BINARY}" "$@"`,
    npx: 'if [ "$1" = --no-install ]; then shift; fi; exec "$@"',
  };
  for (const [name, line] of Object.entries(shims)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const path = [bin, ...(peers.python === null ? [] : [dirname(peers.python)]), process.env['PATH']].join(
    ':',
  );
  // the modules that the pages show, and the package they use
  cpSync(join(ROOT, 'docs/examples'), cwd, { recursive: true });
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(ROOT, join(cwd, 'node_modules/plume-nav-capture'));
  // the movie that the pages' examples use
  cpSync(join(ROOT, 'test/golden/gaussian_plume_demo.zarr'), join(cwd, 'data/gaussian_plume_demo.zarr'), {
    recursive: true,
  });
  return { cwd, env: { PATH: path, NO_COLOR: '1', DVC_NO_ANALYTICS: 'true' } };
}

/** What differs from run to run: ids, times, sizes, digests, versions. */
function steady(text: string): string {
  return withoutDiskLow(text)
    .replaceAll(/run-\d{8}-\d{6}(-\d+)?/g, 'run-ID')
    .replaceAll(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, 'WHEN')
    .replaceAll(/\d+\.\d+ s( \([\d,]+ steps\/s\))?/g, 'TIME')
    .replaceAll(/[\d.]+ (B|kB|MB)\b/g, 'SIZE')
    .replaceAll(/\b[0-9a-f]{12,64}\b/g, 'DIGEST')
    .replaceAll(/"(ts|duration_ms|avg_step_time_ms)":[\d.]+/g, '"$1":N')
    .trimEnd();
}

/** The commands of a console block, each with the output the page shows. */
function session(text: string): { command: string; shown: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...shown] = part.split('\n');
      return { command: command!, shown: shown.join('\n') };
    });
}

describe.each(pages)('%s', (page) => {
  const all = blocks(page).filter(({ info }) => info !== 'sh peers' || peers.python !== null);

  it('runs as written', async () => {
    const { cwd, env } = workplace();
    await execa('git', ['init', '-q', '.'], { cwd });
    for (const { info, text } of all) {
      if (info === 'console') {
        for (const { command, shown } of session(text)) {
          if (RUN_BY_CI.test(command)) continue;
          const outcome = await execa('bash', ['--norc', '-euo', 'pipefail', '-c', command], {
            cwd,
            env,
            all: true,
            reject: false,
          });
          expect({ command, output: steady(outcome.all) }).toEqual({ command, output: steady(shown) });
        }
      } else {
        const script = text
          .split('\n')
          .filter((line) => !RUN_BY_CI.test(line))
          .join('\n');
        const { exitCode, all: output } = await execa('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
          cwd,
          env,
          all: true,
          reject: false,
        });
        expect({ script, exitCode, output }).toMatchObject({ script, exitCode: 0 });
      }
    }
  }, 300_000);
});
