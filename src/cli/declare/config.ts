import type { Command } from 'commander';
import type { ExplainOptions } from '../commands/config-explain.js';
import { DEFAULT_CONFIG } from '../config-options.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, EXIT_HELP } from './words.js';

export function declareConfig(program: Command, { exit }: Invocation): void {
  program
    .command('config')
    .description('explain a configuration: what a value is, and what made it so')
    .command('explain')
    .description('the value of a key, and every file, variable and override that gave it one')
    .argument('<key>', 'such as env.grid_size, or policy for a whole part')
    .argument('[overrides...]', 'config overrides as a capture takes them')
    .option('--config-name <config>', `config to read, without .yaml (-cn; default: ${DEFAULT_CONFIG})`)
    .option('--config-path <dir>', 'root of the config tree instead of the packed one (-cp)')
    .option('--config-dir <dir>', 'folder with more configs, searched after the tree (-cd)')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `${examples('config explain env.max_steps env.max_steps=250', 'config explain policy policy=surge_and_cast')}\n${EXIT_HELP}`,
    )
    .action(async (key: string, overrides: string[], options: ExplainOptions) => {
      const { run } = await import('../commands/config-explain.js');
      exit(await run(key, overrides, options, processOutput));
    });
}
