import type { Command } from 'commander';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, RUNS } from './words.js';

export function declareJudge(program: Command, { exit }: Invocation): void {
  program
    .command('accept')
    .description('settle pending runs: they are good')
    .argument('<run_dirs...>', RUNS)
    .option('--reason <text>', 'why')
    .addHelpText('after', examples('accept results/demo/run-20261121-120000'))
    .action(async (paths: string[], { reason }: { reason?: string }) => {
      const { judge } = await import('../commands/mark.js');
      exit(await judge(paths, 'accepted', reason, processOutput));
    });
  program
    .command('reject')
    .description('settle pending runs: they are not to be used')
    .argument('<run_dirs...>', RUNS)
    .requiredOption('--reason <text>', 'why')
    .addHelpText(
      'after',
      examples("reject results/demo/run-20261121-120000 --reason 'source hidden behind the wall'"),
    )
    .action(async (paths: string[], { reason }: { reason: string }) => {
      const { judge } = await import('../commands/mark.js');
      exit(await judge(paths, 'rejected', reason, processOutput));
    });
}
