import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRecorder } from '../../src/open-recorder.js';

const page = readFileSync(new URL('../../docs/recorder.md', import.meta.url), 'utf8');

/** Names in the first column of the table under a heading; `a.b`, `.c` stands for a.b and a.c. */
function namesUnder(heading: string): string[] {
  const [, section] = page.split(`\n## ${heading}\n`);
  const [rows] = section!.split('\n## ');
  return [...rows!.matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, cell]) => {
    const [first, ...others] = [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    return [first!, ...others.map((name) => `${first!.split('.')[0]}${name}`)];
  });
}

/** Names that the message for an unknown one lists. */
const valid = (text: string): string[] => /valid: ([\w, ]+)/.exec(text)![1]!.split(', ');

it('docs/recorder.md lists the fields and metrics the code has', async () => {
  const recorder = await openRecorder({
    output: mkdtempSync(join(tmpdir(), 'recorder-')),
    experiment: 'fields',
    seeds: [1],
    environment: { gridSize: [4, 4], source: [1, 1], maxSteps: 9, goalRadius: 0 },
  });
  const step = { position: [1, 1] as const, action: 0, reward: 1, done: true };
  const refused = (promise: Promise<void>): Promise<string> =>
    promise.then(
      () => '',
      (error: Error & { hint?: string }) => `${error.message}; ${error.hint}`,
    );
  const ofStep = await refused(recorder.recordStep({ ...step, zzzzzz: 1 } as typeof step));
  expect(namesUnder('A step')).toEqual(valid(ofStep));
  await recorder.recordStep(step);
  const ofEpisode = await refused(recorder.recordEpisode({ zzzzzz: 1 } as object));
  expect(namesUnder('An episode')).toEqual(valid(ofEpisode));
  await recorder.recordEpisode();
  const { metrics } = await recorder.close();
  const keys = Object.entries(metrics).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? Object.keys(value).map((inner) => `${key}.${inner}`)
      : [key],
  );
  expect(namesUnder('Metrics')).toEqual(keys);
});
