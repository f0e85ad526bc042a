import { mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { locateRun, partsOf } from '../../src/catalog/locate.js';
import { newFolder } from '../fixtures/captured-run.js';
import { makeRun } from '../prune/runs.js';

let root: string;
let path: string;
beforeEach(() => {
  root = newFolder();
  path = makeRun(root, 'demo', 'run-20260101-000000');
});

describe('the run that a path means', () => {
  it.each<[string, () => string]>([
    ['absolute', () => path],
    ['relative', () => relative('.', path)],
    ['with a slash at its end', () => `${path}/`],
    ['with dots', () => join(path, '..') + '/./run-20260101-000000'],
    [
      'of a link',
      () => {
        symlinkSync(path, join(root, 'latest'));
        return join(root, 'latest');
      },
    ],
  ])('%s', async (_what, given) => {
    expect(await locateRun(given())).toEqual({ root, experiment: 'demo', runId: 'run-20260101-000000' });
  });

  it.each<[string, () => string]>([
    ['that does not exist', () => join(root, 'demo', 'run-x')],
    ['of an experiment', () => join(root, 'demo')],
    ['of a file', () => join(path, 'run.json')],
    ['that is empty', () => ''],
  ])('a path %s is refused', async (_what, given) => {
    await expect(locateRun(given())).rejects.toMatchObject({
      kind: 'input',
      message: `${given()} is not a run directory`,
      hint: expect.stringContaining('plume-nav-capture ls'),
    });
  });

  it('a run whose folder has a name that is none of ours is refused', async () => {
    mkdirSync(join(root, 'with space'));
    const strange = makeRun(root, 'with space', 'run-20260101-000000');
    await expect(locateRun(strange)).rejects.toMatchObject({ kind: 'input' });
  });
});

describe('the parts of a path where nothing lies', () => {
  it('are told from its names', () => {
    expect(partsOf('/data/results/demo/run-1')).toEqual({
      root: '/data/results',
      experiment: 'demo',
      runId: 'run-1',
    });
  });
  it.each(['/', '/demo', '/a b/run', '/demo/.run', '/demo/-run'])('%s is refused', (given) => {
    expect(() => partsOf(given)).toThrow(
      expect.objectContaining({ kind: 'input', hint: 'give <output>/<experiment>/<run_id>' }),
    );
  });
});
