import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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
 *   ```crontab, ```systemd, ```yaml    the commands that cron, a unit or a CI job would start, as the shell sees them
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

/** What starts commands elsewhere: where they stand in its file. */
const STARTED: Readonly<Record<string, RegExp>> = {
  crontab: /^(?:[\d*]+ ){5} ?(.+)$/gm,
  systemd: /^Exec(?:Start|StopPost)=-?(.+)$/gm,
  yaml: /^ *- run: (.+)$/gm,
};

interface Block {
  info: string;
  text: string;
}

function blocks(page: string): Block[] {
  const source = readFileSync(join(ROOT, page), 'utf8');
  return [...source.matchAll(/^```(sh|sh peers|console|crontab|systemd|yaml)\n(.*?)^```$/gms)].map(
    ([, info, text]) => ({
      info: info!,
      text: text!,
    }),
  );
}

/** A folder for the page's commands, with our binary and the peers' on the PATH. */
function workplace(): { cwd: string; env: Record<string, string> } {
  const cwd = realpathSync(scratchDirectory());
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
  cpSync(join(ROOT, 'conf'), join(cwd, 'conf'), { recursive: true });
  // the movie that the pages' examples use
  cpSync(join(ROOT, 'test/golden/gaussian_plume_demo.zarr'), join(cwd, 'data/gaussian_plume_demo.zarr'), {
    recursive: true,
  });
  return { cwd, env: { PATH: path, TZ: 'UTC', NO_COLOR: '1', DVC_NO_ANALYTICS: 'true' } };
}

/** The folder that the pages call so. */
const PLACE = '/data/plumes';

/** What differs from run to run: ids (of 2024 are those that pages give themselves), times, sizes, digests, versions. */
function steady(text: string): string {
  return withoutDiskLow(text)
    .replaceAll(/run-(?!2024)\d{8}-\d{6}(-\d+)?/g, 'run-ID')
    .replaceAll(/(?<=@run-[\d-]+@)[0-9a-f]{8}\b/g, 'HEX')
    .replaceAll(/(?!2024)\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d\.\d{3})?Z/g, 'WHEN')
    .replaceAll(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, 'WHEN')
    .replaceAll(/\d+\.\d+ s( \([\d,]+ steps\/s\))?/g, 'TIME')
    .replaceAll(/[\d.]+ (B|kB|MB|GB|TB)\b/g, 'SIZE')
    .replaceAll(/free of SIZE \([\d.]+%\)/g, 'free of SIZE')
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

/** A script in the page's folder, with what it prints in the order of a terminal. */
function bash(script: string, { cwd, env }: ReturnType<typeof workplace>) {
  const here = script
    .replaceAll(PLACE, cwd)
    .replaceAll('/usr/local/bin/plume-nav-capture', 'plume-nav-capture');
  return execa('bash', ['--norc', '-euo', 'pipefail', '-c', `exec 2>&1\n${here}`], {
    cwd,
    env,
    reject: false,
  });
}

describe.each(pages)('%s', (page) => {
  const all = blocks(page).filter(({ info }) => info !== 'sh peers' || peers.python !== null);

  it('runs as written', async () => {
    const place = workplace();
    const { cwd } = place;
    await execa('git', ['init', '-q', '.'], { cwd });
    for (const { info, text } of all) {
      if (info === 'console') {
        for (const { command, shown } of session(text)) {
          if (RUN_BY_CI.test(command)) continue;
          const { stdout } = await bash(command, place);
          const output = steady(stdout.replaceAll(cwd, PLACE));
          expect({ command, output }).toEqual({ command, output: steady(shown) });
        }
      } else if (STARTED[info] !== undefined) {
        for (const [, found] of text.matchAll(STARTED[info])) {
          const command = found!.replaceAll('\\%', '%');
          if (RUN_BY_CI.test(command)) continue;
          const { exitCode, stdout: output } = await bash(command, place);
          // where the machine's disk is nearly full, status says so and is right to
          const isLow = exitCode === 1 && /^alert: disk space low/m.test(output);
          expect({ command, exitCode, output }).toMatchObject({ command, exitCode: isLow ? 1 : 0 });
        }
      } else {
        const script = text
          .split('\n')
          .filter((line) => !RUN_BY_CI.test(line))
          .join('\n');
        const { exitCode, stdout: output } = await bash(script, place);
        expect({ script, exitCode, output }).toMatchObject({ script, exitCode: 0 });
      }
    }
  }, 300_000);
});
