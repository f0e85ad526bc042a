import { RUN_FILE } from '../../core/layout.js';
import type { FileCheck } from '../run-context.js';

/** Episode i of a run of ours has the seed base_seed + i; without a base_seed the seeds are any. */
export const seedList: FileCheck = {
  name: 'seed-list',
  before({ directory: { run }, foreign, report }) {
    const { base_seed: base, episode_seeds: seeds } = run;
    if (foreign || base === null) return;
    const at = seeds.findIndex((seed, i) => seed !== base + i);
    if (at < 0) return;
    report('seed-list', RUN_FILE, `base_seed is ${base}, but episode_seeds[${at}] is ${seeds[at]}`);
  },
};
