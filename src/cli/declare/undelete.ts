import type { Command } from 'commander';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples } from './words.js';

export function declareUndelete(program: Command, { exit }: Invocation): void {
  program
    .command('undelete')
    .description('bring back runs that a prune has put into the trash')
    .argument('[run_dirs...]', 'where they lay: <output>/<experiment>/<run_id>')
    .option('--list <results>', 'say what lies in the trash of a results folder')
    .addHelpText('after', examples('undelete results/demo/run-20261121-120000', 'undelete --list results'))
    .action(async (paths: string[], options: { list?: string }) => {
      const { run } = await import('../commands/undelete.js');
      exit(await run(paths, options, processOutput));
    });
}
