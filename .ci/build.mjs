// Compiles src into dist, and makes of the command line (dist/cli) a bundle: a few files load in half the time that
// some two hundred need. The new tree replaces the old one only when all of it compiled, so that a failed build
// breaks nothing that runs and a module deleted from src does not live on in the package.
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sourceHash, stampFile } from './source-hash.mjs';
import { root, run } from './tools.mjs';

/** What is started by file, processes and threads: each becomes a file of dist/cli. */
const ENTRIES = [
  'cli/main',
  'cli/job-worker',
  'record/episode-thread',
  'backends/jsonl/read-thread',
  'backends/hdf5/make-thread',
  'backends/hdf5/read-back-thread',
];
/** Large, native or with files of their own: loaded from node_modules, and only when they are needed. */
const NOT_BUNDLED =
  /^(?:node:|@bomb\.sh\/tab|apache-arrow|better-sqlite3|h5wasm|node-sqlite3-wasm|parquet-wasm|zarrita|zlib-sync)/;

const hash = sourceHash();
// beside dist and not elsewhere: source maps hold paths relative to it
const fresh = `${root}.dist-${process.pid}`;
process.on('exit', () => rmSync(fresh, { recursive: true, force: true }));
run(process.execPath, [
  `${root}node_modules/typescript/bin/tsc`,
  ...['-p', `${root}tsconfig.json`, '--outDir', fresh],
]);
await bundleCli();
writeFileSync(stampFile(fresh), hash);
rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(fresh, `${root}dist`);

async function bundleCli() {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: Object.fromEntries(ENTRIES.map((entry) => [basename(entry), join(fresh, `${entry}.js`)])),
    platform: 'node',
    external: (id) => NOT_BUNDLED.test(id),
    onLog: (level, log) => {
      throw new Error(`rolldown ${level}: ${log.message}`);
    },
  });
  const dir = join(fresh, 'bundle');
  const { output } = await bundle.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  writeFileSync(join(dir, 'NOTICES.txt'), notices(output.flatMap((chunk) => chunk.moduleIds ?? [])));
  rmSync(join(fresh, 'cli'), { recursive: true });
  renameSync(dir, join(fresh, 'cli'));
}

/** The licences of what the bundle holds, which their authors ask to travel with it. */
function notices(modules) {
  const folders = new Set(modules.map((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]));
  folders.delete(undefined);
  return [...folders]
    .toSorted((a, b) => a.localeCompare(b))
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      if (file === undefined) throw new Error(`${name} comes without the text of its licence`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
