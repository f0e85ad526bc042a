// Closes a CI run with one plain line, `N passed, N failed, N skipped`, from vitest's JSON report.
// A peer test that was skipped is a failure: CI has the peers.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fail, root } from './tools.mjs';

let report;
try {
  report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
} catch (error) {
  fail(`the tests left no report: ${error.message}`);
}

const tests = report.testResults.flatMap(({ name, message, assertionResults }) => {
  const file = relative(root, name);
  // a file that could not be loaded has no tests, and counts as one that failed
  if (assertionResults.length === 0) return [{ file, title: message || 'has no tests', status: 'failed' }];
  return assertionResults.map(({ fullName, status }) => ({ file, title: fullName, status }));
});
const failures = tests.filter(({ status }) => status === 'failed');
const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
const skippedPeers = skipped.filter(({ file }) => file.startsWith('test/peers/'));

console.log();
for (const { file, title } of failures) console.log(`failed: ${file} › ${title}`);
for (const { file, title } of skipped) console.log(`skipped: ${file} › ${title}`);
if (skippedPeers.length > 0) console.log(`${skippedPeers.length} peer tests were skipped, which fails in CI`);
console.log(
  `${tests.length - failures.length - skipped.length} passed, ${failures.length} failed, ${skipped.length} skipped`,
);
process.exitCode = failures.length > 0 || skippedPeers.length > 0 ? 1 : 0;
