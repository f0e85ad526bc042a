import type { Command } from 'commander';
import type { RecoverOptions } from '../commands/recover.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, RUN } from './words.js';

export function declareRecover(program: Command, { argv, exit }: Invocation): void {
  program
    .command('recover')
    .description('make a finished run of one that was killed or damaged; keeps every record that can be read')
    .argument('<run_dir>', RUN)
    .option('--backend <module>', 'backend of your own that recorded it: ./my-backend.js')
    .option('--dry-run', 'say what would be kept and what is lost, change nothing')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `${examples('recover results/demo/run-20261121-120000 --dry-run', 'recover results/demo/run-20261121-120000')}\n\nExit codes of recover: 0 nothing was lost · 3 something was, and the rest is kept`,
    )
    .action(async (runDir: string, options: RecoverOptions) => {
      const { run } = await import('../commands/recover.js');
      exit(await run(runDir, options, argv, processOutput));
    });
}
