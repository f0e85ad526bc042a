// Compiles src into dist. The new tree replaces the old one only when all of it compiled, so that a failed
// build breaks nothing that runs and a module deleted from src does not live on in the package.
import { rmSync, renameSync, writeFileSync } from 'node:fs';
import { sourceHash, stampFile } from './source-hash.mjs';
import { root, run } from './tools.mjs';

const hash = sourceHash();
// beside dist and not elsewhere: source maps hold paths relative to it
const fresh = `${root}.dist-${process.pid}`;
process.on('exit', () => rmSync(fresh, { recursive: true, force: true }));
run(process.execPath, [
  `${root}node_modules/typescript/bin/tsc`,
  ...['-p', `${root}tsconfig.json`, '--outDir', fresh],
]);
writeFileSync(stampFile(fresh), hash);
rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(fresh, `${root}dist`);
