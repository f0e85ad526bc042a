import type { Command } from 'commander';
import type { ResumeOptions } from '../commands/resume.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, RUN } from './words.js';

export function declareResume(program: Command, { argv, exit }: Invocation): void {
  program
    .command('resume')
    .description('go on with a run that was interrupted; in the end it is as if it never had been')
    .argument('<run_dir>', RUN)
    .argument('[overrides...]', 'may be repeated; another one than the run was begun with is refused')
    .option('--policy <module>', 'policy of your own that acted in it: ./my-policy.js')
    .option('--backend <module>', 'backend of your own that recorded it: ./my-backend.js')
    .option('--dry-run', 'say what is there and what is left, change nothing')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      examples(
        'resume results/demo/run-20261121-120000',
        'resume results/demo/run-20261121-120000 --dry-run',
      ),
    )
    .action(async (runDir: string, overrides: string[], options: ResumeOptions) => {
      const { run } = await import('../commands/resume.js');
      exit(await run(runDir, overrides, options, argv, processOutput));
    });
}
