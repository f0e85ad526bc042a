import type { Command } from 'commander';
import type { PendingOptions } from '../commands/pending.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { DEFAULT_RESULTS, examples, RESULTS } from './words.js';

export function declarePending(program: Command, { exit }: Invocation): void {
  program
    .command('pending')
    .description('finished runs that nobody has ingested, accepted or rejected')
    .argument('[results]', RESULTS, DEFAULT_RESULTS)
    .option('--experiment <name>', 'only of this experiment')
    .option('--json', 'print the list as one JSON document')
    .addHelpText('after', examples('pending results', 'pending results --experiment demo --json'))
    .action(async (results: string, options: PendingOptions) => {
      const { run } = await import('../commands/pending.js');
      exit(await run(results, options, processOutput));
    });
}
