// How long a prune plans over a large folder of results, beside `find -type f`, which only lists the files.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalHash, parseTypedJson, prettyJson } from '../dist/core/canonical-json.js';
import { binary, count, median, ms, peakMemory, ratio, time, withScratch } from './measure.mjs';

const EXPERIMENTS = 20;

/** As many runs as asked for, each four minutes after the last: copies of one, under their own names. */
function makeRuns(scratch, runs) {
  const { result } = time([binary, '--json', `output=${scratch}/one`, 'episodes=1', 'env.max_steps=10']);
  const [name, files] = [
    result.run_id,
    ['config.yaml', 'overrides.yaml', 'steps.jsonl.gz', 'episodes.jsonl.gz'],
  ];
  const source = join(scratch, 'one/demo', name);
  const text = (file) => readFileSync(join(source, file), 'utf8');
  const [run, manifest] = [text('run.json'), text('manifest.json')];
  for (let i = 0; i < runs; i++) {
    const experiment = `ex${String(i % EXPERIMENTS).padStart(2, '0')}`;
    const ended = new Date(Date.UTC(2025, 0, 1) + i * 240_000).toISOString();
    const id = `run-${ended.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
    const own = (json) => json.replaceAll(name, id).replaceAll('"demo"', `"${experiment}"`);
    const stated = parseTypedJson(own(manifest).replace(/("ended_at": )"[^"]*"/, `$1"${ended}"`));
    const { manifest_digest: _, ...body } = stated;
    const folder = join(scratch, 'results', experiment, id);
    mkdirSync(folder, { recursive: true });
    for (const file of files) cpSync(join(source, file), join(folder, file));
    writeFileSync(join(folder, 'run.json'), own(run));
    writeFileSync(
      join(folder, 'manifest.json'),
      prettyJson({ ...body, manifest_digest: canonicalHash(body) }),
    );
  }
  return join(scratch, 'results');
}

export function prune({ rounds, runs }) {
  withScratch((scratch) => {
    const results = makeRuns(scratch, runs);
    const policy = ['--keep-last', '3', '--keep-daily', '7', '--keep-monthly', '12', '--dry-run'];
    const args = [binary, 'prune', results, ...policy];
    const [found, planned] = [[], []];
    // the first of each reads from the disk
    for (let round = 0; round <= rounds; round++) {
      const find = time([results, '-type', 'f', '-fprint', '/dev/null'], 'find').seconds;
      const plan = time(args).seconds;
      if (round === 0) continue;
      found.push(find);
      planned.push(plan);
    }
    console.log(`a prune of ${count(runs)} runs is planned, median; ratio to find -type f`);
    console.log(`  find       ${ms(median(found))}`);
    console.log(`  prune      ${ms(median(planned))}   ratio ${ratio(planned, found)}`);
    console.log(`  memory     ${Math.round(peakMemory(args, scratch))} MB`);
  });
}
