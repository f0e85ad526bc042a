import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from '../completion/shells.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';

export function declareCompletion(program: Command, { exit }: Invocation): void {
  program
    .command('completion')
    .description('print the script that makes a shell complete commands, flags, config keys and options')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(SHELLS))
    .addHelpText(
      'after',
      `
To install:
  bash  add to ~/.bashrc:  source <(plume-nav-capture completion bash)
  zsh   add to ~/.zshrc, after compinit:  source <(plume-nav-capture completion zsh)
  fish  run once:  plume-nav-capture completion fish > ~/.config/fish/completions/plume-nav-capture.fish`,
    )
    .action(async (shell: Shell) => {
      const { run } = await import('../commands/completion.js');
      exit(await run(shell, processOutput));
    });
}
