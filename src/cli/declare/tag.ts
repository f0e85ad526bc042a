import type { Command } from 'commander';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, RUN } from './words.js';

export function declareTag(program: Command, { exit }: Invocation): void {
  program
    .command('tag')
    .description('put tags on a run, which keep it from prunes, too')
    .argument('<run_dir>', RUN)
    .argument('<tags...>', 'names of A-Z a-z 0-9 . _ -')
    .option('--remove', 'take them off')
    .addHelpText(
      'after',
      examples(
        'tag results/demo/run-20261121-120000 paper figure-2',
        'tag results/demo/run-20261121-120000 paper --remove',
      ),
    )
    .action(async (path: string, tags: string[], options: { remove?: boolean }) => {
      const { tag } = await import('../commands/mark.js');
      exit(await tag(path, tags, options, processOutput));
    });
}
