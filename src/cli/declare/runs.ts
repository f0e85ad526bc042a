import type { Command } from 'commander';
import type { LsOptions } from '../commands/ls.js';
import type { PendingOptions } from '../commands/pending.js';
import type { StatusOptions } from '../commands/status.js';
import { processOutput } from '../ui.js';

const RUN = 'run directory: <output>/<experiment>/<run_id>';
const RUNS = 'run directories: <output>/<experiment>/<run_id>';
const RESULTS = 'folder of the results';
const DEFAULT_RESULTS = 'results';

const collect = (value: string, all: readonly string[] = []): string[] => [...all, value];
const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ plume-nav-capture ${line}`).join('\n')}`;

type Exit = (code: number) => void;

/** Commands about runs that are there: which, in what state, and what people note of them. */
export function declareRuns(program: Command, exit: Exit): void {
  declareLooking(program, exit);
  declareMarking(program, exit);
  program
    .command('undelete')
    .description('bring back runs that a prune has put into the trash')
    .argument('[run_dirs...]', 'where they lay: <output>/<experiment>/<run_id>')
    .option('--list <results>', 'say what lies in the trash of a results folder')
    .addHelpText('after', examples('undelete results/demo/run-20261121-120000', 'undelete --list results'))
    .action(async (paths: string[], options: { list?: string }) => {
      const { run } = await import('../commands/undelete.js');
      exit(await run(paths, options, processOutput));
    });
}

function declareLooking(program: Command, exit: Exit): void {
  program
    .command('ls')
    .description('list runs')
    .argument('[results]', RESULTS, DEFAULT_RESULTS)
    .option(
      '--sort <field>',
      'run, state, status, started, ended, episodes, steps or bytes; -ended for downwards',
    )
    .option(
      '--filter <comparison>',
      'such as state=pending, ended>2026-11-01, bytes>=1GB, tag=paper; repeat for more',
      collect,
    )
    .option('--json', 'print the list as one JSON document')
    .addHelpText(
      'after',
      examples('ls results --sort -bytes', "ls results --filter state=pending --filter 'ended<2026-11-01'"),
    )
    .action(async (results: string, options: LsOptions) => {
      const { run } = await import('../commands/ls.js');
      exit(await run(results, options, processOutput));
    });
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
  program
    .command('status')
    .description('how full the disk is, what lies in the results, and what a prune would free')
    .argument('[results]', RESULTS, DEFAULT_RESULTS)
    .option('--min-free <share>', 'alert when less of the disk is free (default: 20%)')
    .option('--max-size <size>', 'alert when results and trash are larger (default: 300GB)')
    .option('--policy <name>', 'the policy of prune to reckon with (default: nightly)')
    .option('--prometheus <file>', "also write the figures for node_exporter's textfile collector")
    .option('--json', 'print them as one JSON document')
    .addHelpText(
      'after',
      `${examples('status results', 'status results --min-free 10% --prometheus plume.prom')}\n\nExit codes of status: 0 all is well · 1 a threshold is crossed`,
    )
    .action(async (results: string, options: StatusOptions) => {
      const { run } = await import('../commands/status.js');
      exit(await run(results, options, processOutput));
    });
  program
    .command('pending')
    .description('finished runs that nobody has ingested, accepted or rejected')
    .argument('[results]', RESULTS, DEFAULT_RESULTS)
    .option('--experiment <name>', 'only of this experiment')
    .option('--json', 'print the list as one JSON document')
    .addHelpText('after', examples('pending results', 'pending results --experiment demo --json'))
    .action(async (results: string, options: PendingOptions) => {
      const { run } = await import('../commands/pending.js');
      exit(await run(results, options, processOutput));
    });
}

function declareMarking(program: Command, exit: Exit): void {
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
