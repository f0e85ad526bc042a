import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, type PruneOptions } from '../../src/cli/commands/prune.js';
import { datasetIndexSchema } from '../../src/core/dataset-index.js';
import { policySchema } from '../../src/prune/policy-schema.js';
import { newFolder } from '../fixtures/captured-run.js';
import { makeRun } from './runs.js';

/** First cells of the table behind `<!-- name -->` of a page. */
function firstCells(page: string, name: string): string[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const [table] = text.split(`<!-- ${name} -->`)[1]!.trim().split('\n\n');
  return table!
    .split('\n')
    .slice(2)
    .map((line) => line.split('|')[1]!.trim());
}

const keysIn = (page: string, name: string): string[] =>
  firstCells(page, name).flatMap((cell) => cell.match(/\w+/g)!);

async function prune(results: string, options: PruneOptions): Promise<void> {
  const quiet = { stdout: () => {}, stderr: () => {} };
  expect(await run(results, { keepLast: '1', ...options }, quiet)).toBe(0);
}

function makeResults(): string {
  const results = newFolder();
  for (const day of ['01', '02']) {
    makeRun(results, 'demo', `run-202601${day}-000000`, { endedAt: `2026-01-${day}T01:00:00Z` });
  }
  return results;
}

const json = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object;

describe('docs/retention.md', () => {
  it('lists every flag of a policy, in the order of its schema', () => {
    const flags = ['rules', 'limits', 'brakes'].flatMap((name) => firstCells('retention.md', name));
    expect(flags.map((cell) => /^`--([a-z-]+)/.exec(cell)![1]!.replaceAll('-', '_'))).toEqual(
      Object.keys(policySchema.shape),
    );
  });

  it('leads to pages that are there', () => {
    for (const page of ['retention.md', 'runs.md']) {
      const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
      const links = [...text.matchAll(/\]\((\w+\.md)(?:#([^)]+))?\)/g)];
      expect(links.length).toBeGreaterThan(0);
      for (const [, name, anchor] of links) {
        const target = new URL(`../../docs/${name}`, import.meta.url);
        expect(existsSync(target), name).toBe(true);
        if (anchor !== undefined) expect(anchorsOf(readFileSync(target, 'utf8'))).toContain(anchor);
      }
    }
  });
});

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

describe('docs/artifacts.md lists the keys, in order,', () => {
  it('of DATASET_INDEX.json', () => {
    expect(keysIn('artifacts.md', 'dataset index')).toEqual(Object.keys(datasetIndexSchema.shape));
  });

  it('of a tombstone', async () => {
    const results = makeResults();
    await prune(results, { keepTrash: '7d', yes: true });
    const [entry] = readdirSync(join(results, '.trash'));
    expect(keysIn('artifacts.md', 'tombstone')).toEqual(
      Object.keys(json(join(results, '.trash', entry!, 'tombstone.json'))),
    );
  });

  it('of a plan file', async () => {
    const results = makeResults();
    const plan = join(newFolder(), 'plan.json');
    await prune(results, { plan });
    expect(keysIn('artifacts.md', 'plan file')).toEqual(Object.keys(json(plan)));
  });

  it('of a line of the decision log, and `why` of one that failed', async () => {
    const results = makeResults();
    const log = join(newFolder(), 'prune.jsonl');
    await prune(results, { log });
    const [line] = readFileSync(log, 'utf8').split('\n');
    expect(keysIn('artifacts.md', 'decision log')).toEqual([
      ...Object.keys(JSON.parse(line!) as object),
      'why',
    ]);
  });
});
