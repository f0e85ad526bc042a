import type { Command } from 'commander';
import type { ValidateOptions } from '../commands/validate.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, RUNS } from './words.js';

export function declareValidate(program: Command, { exit }: Invocation): void {
  program
    .command('validate')
    .description('check runs: files, records, and the sense of the whole; changes nothing')
    .argument('[run_dirs...]', RUNS)
    .option('--all <root>', 'every run below this folder')
    .option('--deep', 'simulate the runs again, too, and compare every record')
    .option('--policy <module>', 'with --deep: policy of your own that made them: ./my-policy.js')
    .option('--backend <module>', 'backend of your own that recorded them: ./my-backend.js')
    .option('--json', 'print the reports as one JSON document')
    .addHelpText(
      'after',
      examples('validate results/demo/run-20261121-120000', 'validate --deep --all results --json'),
    )
    .action(async (paths: string[], options: ValidateOptions) => {
      const { run } = await import('../commands/validate.js');
      exit(await run(paths, options, processOutput));
    });
}
