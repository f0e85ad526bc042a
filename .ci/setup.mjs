// Sets up a clone: installs and builds what is missing or out of date, and says nothing when nothing is.
// Needs Node and, only when something must be installed, npm's registry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceHash, stampFile } from './source-hash.mjs';
import { fail, root, run } from './tools.mjs';

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

function checkNode() {
  const { name, engines } = readJson('package.json');
  const [wantedMajor, wantedMinor] = engines.node.match(/\d+/g).map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(`${name} needs Node ${engines.node}, and this is Node ${process.versions.node}: install a newer one`);
}

/** Every package of the lock file lies in node_modules in that version, by npm's own record of what it installed. */
function installed() {
  let present;
  try {
    present = readJson('node_modules/.package-lock.json').packages;
  } catch {
    return false;
  }
  return Object.entries(readJson('package-lock.json').packages).every(([path, wanted]) => {
    const found = present[path];
    // the root itself; and an optional package may be for another platform, or not have compiled here
    if (path === '' || (wanted.optional && found === undefined)) return true;
    return found?.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function built() {
  try {
    return readFileSync(stampFile(join(root, 'dist')), 'utf8') === sourceHash();
  } catch {
    return false;
  }
}

function step(what, command, args) {
  console.error(`set-up: ${what}`);
  const start = performance.now();
  run(command, args);
  console.error(`set-up: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

checkNode();
if (!installed()) {
  step('installing dependencies (npm ci)', 'npm', [
    ...['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
  ]);
}
if (!built()) step('building dist from src (npm run build)', process.execPath, [join(root, '.ci/build.mjs')]);
