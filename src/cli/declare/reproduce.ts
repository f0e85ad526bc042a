import type { Command } from 'commander';
import type { ReproduceOptions } from '../commands/reproduce.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, RUN } from './words.js';

export function declareReproduce(program: Command, { exit }: Invocation): void {
  program
    .command('reproduce')
    .description('simulate a run again from its run.json and compare it with its records')
    .argument('<run_dir>', RUN)
    .option('--episode <n>', 'only this episode, by number from 1')
    .option('--policy <module>', 'policy of your own that made it: ./my-policy.js')
    .option('--backend <module>', 'backend of your own that recorded it: ./my-backend.js')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `\nExits with 0 when all is identical, with 1 at a difference.\n${examples('reproduce results/demo/run-20261121-120000', 'reproduce results/demo/run-20261121-120000 --episode 17')}`,
    )
    .action(async (runDir: string, options: ReproduceOptions) => {
      const { run } = await import('../commands/reproduce.js');
      exit(await run(runDir, options, processOutput));
    });
}
