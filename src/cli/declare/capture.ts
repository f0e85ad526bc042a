import { Option, type Command } from 'commander';
import type { CaptureOptions } from '../commands/capture.js';
import { DEFAULT_CONFIG } from '../config-options.js';
import { checkFlags } from '../flag-rules.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples } from './words.js';

export const CAPTURE_EXAMPLES = examples(
  '--output results --experiment demo --episodes 2 --seed 100 --grid 8x8',
  "--config-name data_capture/config episodes=5 'env.grid_size=[64,64]' policy=surge_and_cast env.action_type=oriented",
  '-m seed=1,2,3 policy=random,surge_and_cast --jobs 2',
  'config explain policy.persistence policy=surge_and_cast',
  'validate results/demo/run-20261121-120000',
  'prune results --keep-last 10 --keep-within 30d --dry-run',
);

/** The default command: its options are those of the program. */
export function declareCapture(program: Command, { argv, exit }: Invocation): void {
  program
    .command('capture', { isDefault: true })
    .description('run episodes and record them (the default command)')
    .argument(
      '[overrides...]',
      'config overrides as Hydra takes them: key=value, +key=value, ~key, group=option',
    )
    .option('--output <dir>', 'folder of the results (output=)')
    .option('--experiment <name>', 'name of the experiment, a folder in the output (experiment=)')
    .option('--episodes <n>', 'number of episodes (episodes=)')
    .option('--seed <n>', 'seed of the first episode; episode i has seed + i (seed=)')
    .option('--grid <WxH>', 'grid size in cells (env.grid_size=)')
    .option('--action-type <type>', 'discrete, oriented or run_tumble (env.action_type=)')
    .option('--max-steps <n>', 'longest episode, in steps (env.max_steps=)')
    .option('--parquet', 'write Parquet files beside the JSONL (parquet=true)')
    .option('--rotate-size <bytes>', 'start a new part file after so many compressed bytes (rotate_size=)')
    .option('-m, --multirun', 'run every combination of the overrides with several values: seed=1,2,3')
    .option('--jobs <n>', 'runs of a sweep at the same time (default: 1)')
    .option('--resume-sweep <dir>', 'go on with a sweep that was interrupted')
    .option('--config-name <config>', `config to read, without .yaml (-cn; default: ${DEFAULT_CONFIG})`)
    .option('--config-path <dir>', 'root of the config tree instead of the packed one (-cp)')
    .option('--config-dir <dir>', 'folder with more configs, searched after the tree (-cd)')
    .addOption(new Option('-c, --cfg <what>', 'print the config instead of running').choices(['job']))
    .option('--resolve', 'with --cfg: resolve interpolations')
    .option('-p, --package <package>', 'with --cfg: only this part, such as env.wind')
    .addOption(
      new Option('-i, --info <what>', 'print how the config comes about').choices([
        'defaults',
        'defaults-tree',
        'config',
        'searchpath',
      ]),
    )
    .option('--reason <text>', 'why the configuration was changed, for `history`')
    .option('--metrics <file>', 'write what recording cost (time, buffers, bytes, memory) as JSON')
    .option('--dry-run', 'say what would be captured, write nothing')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', CAPTURE_EXAMPLES)
    .action(async (overrides: string[], options: CaptureOptions) => {
      checkFlags(options);
      const { run } = await captureCommand(options);
      exit(await run(overrides, options, argv, processOutput));
    });
}

/** What the default command does: its flags make it show a configuration or run a sweep. */
function captureCommand({ cfg, info, multirun, resumeSweep }: CaptureOptions) {
  if (cfg !== undefined || info !== undefined) return import('../commands/show-config.js');
  if (multirun === true || resumeSweep !== undefined) return import('../commands/multirun.js');
  return import('../commands/capture.js');
}
