import { cpSync, mkdtempSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { captureTask } from '../../src/cli/capture-task.js';
import { loadConfig } from '../../src/config/index.js';
import { prepareSimulation } from '../../src/record/inputs.js';

const MOVIE = fileURLToPath(new URL('../golden/gaussian_plume_demo.zarr', import.meta.url));

it('a movie is looked through once, and not again by every thread', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'movie-')), 'plume.zarr');
  cpSync(MOVIE, path, { recursive: true });
  const overrides = ['env/plume=movie', `movie.path=${path}`, 'env.max_steps=1000'];
  const config = await loadConfig({ configPath: null, configName: 'data_capture/config', overrides });
  const { settings } = captureTask(config, ['test']);
  expect((await prepareSimulation(settings)).inputs).toMatchObject([{ uri: path, role: 'movie' }]);

  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    const file = join(path, name);
    if (/[\d.]+$/.test(name) && statSync(file).isFile()) truncateSync(file, 3);
  }
  await expect(prepareSimulation(settings)).rejects.toThrow(/corrupt chunk/);
  const again = await prepareSimulation(settings, { checked: true });
  expect(again.inputs).toEqual([]);
});
