import type { Command } from 'commander';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, RUNS } from './words.js';

const VERBS = [
  ['pin', 'keep runs from every prune'],
  ['unpin', 'take a pin off'],
] as const;

export function declarePin(program: Command, { exit }: Invocation): void {
  for (const [verb, what] of VERBS) {
    program
      .command(verb)
      .description(what)
      .argument('<run_dirs...>', RUNS)
      .addHelpText('after', examples(`${verb} results/demo/run-20261121-120000`))
      .action(async (paths: string[]) => {
        const marking = await import('../commands/mark.js');
        exit(await marking[verb](paths, processOutput));
      });
  }
}
