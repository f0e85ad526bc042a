import type { Command } from 'commander';
import type { LsOptions } from '../commands/ls.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { repeated } from './repeated.js';
import { DEFAULT_RESULTS, examples, RESULTS } from './words.js';

export function declareLs(program: Command, { exit }: Invocation): void {
  program
    .command('ls')
    .description('list runs')
    .argument('[results]', RESULTS, DEFAULT_RESULTS)
    .option(
      '--sort <field>',
      'run, state, status, started, ended, episodes, steps or bytes; -ended for downwards',
    )
    .option(
      '--filter <comparison>',
      'such as state=pending, ended>2026-11-01, bytes>=1GB, tag=paper; repeat for more',
      repeated,
    )
    .option('--json', 'print the list as one JSON document')
    .addHelpText(
      'after',
      examples('ls results --sort -bytes', "ls results --filter state=pending --filter 'ended<2026-11-01'"),
    )
    .action(async (results: string, options: LsOptions) => {
      const { run } = await import('../commands/ls.js');
      exit(await run(results, options, processOutput));
    });
}
