import type { Command } from 'commander';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, RUNS } from './words.js';

export function declarePin(program: Command, { exit }: Invocation): void {
  program
    .command('pin')
    .description('keep runs from every prune')
    .argument('<run_dirs...>', RUNS)
    .addHelpText('after', examples('pin results/demo/run-20261121-120000'))
    .action(async (paths: string[]) => {
      const { pin } = await import('../commands/mark.js');
      exit(await pin(paths, processOutput));
    });
  program
    .command('unpin')
    .description('take a pin off')
    .argument('<run_dirs...>', RUNS)
    .addHelpText('after', examples('unpin results/demo/run-20261121-120000'))
    .action(async (paths: string[]) => {
      const { unpin } = await import('../commands/mark.js');
      exit(await unpin(paths, processOutput));
    });
}
