// `npm start`: captures a small run, validates it, and says where it lies and what to try next.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root, run } from './tools.mjs';

const binary = join(root, 'bin/plume-nav-capture.js');
const demo = [
  ...['--output', 'results', '--experiment', 'demo', '--episodes', '10', '--seed', '100', '--grid', '64x64'],
  'policy=temporal_derivative',
];

const say = (line = '') => console.log(line);
const plume = (args, options) => run(process.execPath, [binary, ...args], options);
/** As a shell takes it. */
const typed = (args) => args.map((arg) => (/[^\w=./-]/.test(arg) ? `'${arg}'` : arg)).join(' ');

say(`$ npx plume-nav-capture ${typed(demo)}`);
const { run_dir, counts, content_digest } = JSON.parse(plume([...demo, '--json'], { capture: true }));
const dir = relative(root, join(root, run_dir));
say(
  `captured ${counts.episodes} episodes, ${counts.steps} steps; content digest ${content_digest.slice(0, 12)}…`,
);
say();
for (const line of episodeTable(join(root, run_dir, 'episodes.jsonl.gz'))) say(line);
say();

say(`$ npx plume-nav-capture validate ${dir}`);
plume(['validate', dir]);

say(`
The run lies in ${dir}

Next, try
  zcat ${dir}/steps.jsonl.gz | head -n 3
  npx plume-nav-capture episodes=1000 experiment=first policy=surge_and_cast 'env.grid_size=[128,128]' parquet=true
  npx plume-nav-capture validate --all results
  npx plume-nav-capture prune results --keep-last 5 --dry-run
  npx plume-nav-capture --help`);

/** How each episode ended: what a reader of the files sees. */
function episodeTable(path) {
  const episodes = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n').map(JSON.parse);
  return [
    '  episode     steps   reward  ended',
    ...episodes.map(({ episode_id, total_steps, total_reward, terminated, final_distance_to_goal }) => {
      const how = terminated ? 'at the source' : `${final_distance_to_goal.toFixed(1)} cells from the source`;
      return `  ${episode_id}  ${String(total_steps).padStart(6)}  ${total_reward.toFixed(2).padStart(7)}  ${how}`;
    }),
  ];
}
