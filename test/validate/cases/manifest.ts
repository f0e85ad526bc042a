import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EPISODES, STEPS, type Case } from './case.js';

const MANIFEST = 'manifest.json';

interface Body extends Record<string, unknown> {
  files: { path: string; bytes: number; sha256: string; rows: number | null }[];
  totals: { files: number; bytes: number };
}

/** Gives the manifest another inventory, totals included. */
function stock(body: Body, files: Body['files']): void {
  body.files = files;
  body.totals = { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

const signed = (
  code: Case['code'],
  what: string,
  change: (body: Body) => void,
  file: string = MANIFEST,
): Case => ({ code, what, file, change: { manifest: (body) => change(body as Body) } });

/** Changes the entry of a file; what lies on disk stays. */
const entry = (what: string, path: string, change: (file: Body['files'][number]) => void): Case =>
  signed(
    'manifest-file',
    what,
    (body) => {
      change(body.files.find((file) => file.path === path)!);
      body.totals.bytes = body.files.reduce((sum, { bytes }) => sum + bytes, 0);
    },
    path,
  );

const edited = (code: Case['code'], what: string, edit: (text: string) => string): Case => ({
  code,
  what,
  file: MANIFEST,
  change: {
    directory(path) {
      const file = join(path, MANIFEST);
      writeFileSync(file, edit(readFileSync(file, 'utf8')));
    },
  },
});

export const manifestCases: Case[] = [
  edited('manifest-json', 'half a file', (text) => text.slice(0, 100)),
  edited('manifest-digest', 'changed afterwards', (text) =>
    text.replace('"git_dirty": null', '"git_dirty": true'),
  ),
  edited('manifest-form', 'on one line', (text) => JSON.stringify(JSON.parse(text))),
  edited('manifest-form', 'without its last newline', (text) => text.trimEnd()),
  edited('manifest-form', 'two keys exchanged', (text) =>
    text.replace(/( *"status": .*\n)( *"created_at": .*\n)/, '$2$1'),
  ),
  edited('manifest-form', 'two keys of a file exchanged', (text) =>
    text.replace(/( *"bytes": .*\n)( *"sha256": .*\n)/, '$2$1'),
  ),
  signed('manifest-schema', 'a status we do not know', (body) => (body['status'] = 'done')),
  signed('manifest-run', 'another config_hash', (body) => (body['config_hash'] = 'd'.repeat(64))),
  signed('manifest-run', 'another git_sha', (body) => (body['git_sha'] = 'a'.repeat(40))),
  signed('manifest-run', 'another package_version', (body) => (body['package_version'] = '9.0.0')),
  signed('manifest-run', 'another start', (body) => (body['started_at'] = '2026-11-21T11:00:00Z')),
  signed('manifest-time', 'ended first', (body) => (body['ended_at'] = '2026-11-21T11:00:00Z')),
  signed(
    'manifest-double',
    'a file twice',
    (body) => stock(body, [...body.files, body.files.find(({ path }) => path === EPISODES)!]),
    EPISODES,
  ),
  signed(
    'manifest-unlisted',
    'run.json',
    (body) =>
      stock(
        body,
        body.files.filter(({ path }) => path !== 'run.json'),
      ),
    'run.json',
  ),
  signed('manifest-digest', 'another env_config_hash', (body) => (body['env_config_hash'] = 'e'.repeat(64))),
  signed('manifest-totals', 'counts', (body) => (body['counts'] = { episodes: 3, steps: 16 })),
  signed('manifest-totals', 'totals', (body) => (body.totals.files += 1)),
  signed('manifest-totals', 'seeds', (body) => {
    body['seed_summary'] = { unique_count: 2, min: 100, max: 102, base_seed: 100 };
  }),
  signed('content-digest', 'another', (body) => (body['content_digest'] = 'f'.repeat(64))),
  entry('another size', STEPS, (file) => (file.bytes += 1)),
  entry('another SHA-256', 'run.json', (file) => (file.sha256 = '0'.repeat(64))),
  entry('another row count', EPISODES, (file) => (file.rows = 4)),
  signed(
    'manifest-file',
    'a path that leads elsewhere',
    (body) => {
      body.files.push({ ...body.files[0]!, path: '../../../etc/passwd' });
      body.totals.files += 1;
      body.totals.bytes += body.files[0]!.bytes;
    },
    '../../../etc/passwd',
  ),
  signed(
    'manifest-unlisted',
    'a data file',
    (body) => {
      body.files = body.files.filter(({ path }) => path !== EPISODES);
      body.totals = {
        files: body.files.length,
        bytes: body.files.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    },
    EPISODES,
  ),
  {
    code: 'manifest-file',
    what: 'a file that is gone',
    file: 'config.yaml',
    change: {
      files: (files) => files.set('config.yaml', Buffer.from('episodes: 3\n')),
      directory: (path) => rmSync(join(path, 'config.yaml')),
    },
  },
];
