import type { Command } from 'commander';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, RUN } from './words.js';

export function declareShow(program: Command, { exit }: Invocation): void {
  program
    .command('show')
    .description('what a run is, what lies in it, and what was noted of it')
    .argument('<run_dir>', RUN)
    .option('--json', 'print it as one JSON document')
    .addHelpText('after', examples('show results/demo/run-20261121-120000'))
    .action(async (path: string, options: { json?: boolean }) => {
      const { run } = await import('../commands/show.js');
      exit(await run(path, options, processOutput));
    });
}
