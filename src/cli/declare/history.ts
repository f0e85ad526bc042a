import type { Command } from 'commander';
import type { HistoryOptions } from '../commands/history.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { DEFAULT_RESULTS, examples, RESULTS } from './words.js';

export function declareHistory(program: Command, { exit }: Invocation): void {
  program
    .command('history')
    .description('how the configuration of the experiments changed, capture by capture, and why')
    .argument('[results]', RESULTS, DEFAULT_RESULTS)
    .option('--experiment <name>', 'only this experiment')
    .option('--key <key>', 'only this key, such as env.max_steps, or env for all of them')
    .option('--json', 'print the changes as one JSON document')
    .addHelpText('after', examples('history', 'history results --experiment demo --key env.max_steps'))
    .action(async (results: string, options: HistoryOptions) => {
      const { run } = await import('../commands/history.js');
      exit(await run(results, options, processOutput));
    });
}
