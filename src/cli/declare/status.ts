import type { Command } from 'commander';
import type { StatusOptions } from '../commands/status.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { DEFAULT_RESULTS, examples, RESULTS } from './words.js';

export function declareStatus(program: Command, { exit }: Invocation): void {
  program
    .command('status')
    .description('how full the disk is, what lies in the results, and what a prune would free')
    .argument('[results]', RESULTS, DEFAULT_RESULTS)
    .option('--min-free <share>', 'alert when less of the disk is free (default: 20%)')
    .option('--max-size <size>', 'alert when results and trash are larger (default: 300GB)')
    .option('--policy <name>', 'the policy of prune to reckon with (default: nightly)')
    .option('--prometheus <file>', "also write the figures for node_exporter's textfile collector")
    .option('--json', 'print them as one JSON document')
    .addHelpText(
      'after',
      `${examples('status results', 'status results --min-free 10% --prometheus plume.prom')}\n\nExit codes of status: 0 all is well · 1 a threshold is crossed`,
    )
    .action(async (results: string, options: StatusOptions) => {
      const { run } = await import('../commands/status.js');
      exit(await run(results, options, processOutput));
    });
}
