import { Option, type Command } from 'commander';
import type { PruneOptions } from '../commands/prune.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { repeated } from './repeated.js';

const EXAMPLES = `
A run stays if any rule keeps it; the last valid run of an experiment, live, unfinished, pinned and tagged runs stay
in any case. With --max-size or --keep-free only as much goes as that needs, the oldest first. Spans are 90m, 12h,
30d, 8w, 6mo, 1y; counts are a number or all.

Examples:
  $ plume-nav-capture prune results --keep-last 10 --keep-within 30d --dry-run
  $ plume-nav-capture prune results --policy nightly --yes --quiet --log prune.jsonl
  $ plume-nav-capture prune results --keep-last 3 --max-size 200GB --yes
  $ plume-nav-capture prune results --keep-daily 7 --plan plan.json
  $ plume-nav-capture prune --apply plan.json

Exit codes of prune: 0 done · 1 --max-delete stopped it · 3 something stayed that was to go, or a limit of space
  cannot be met`;

export function declarePrune(program: Command, { exit }: Invocation): void {
  program
    .command('prune')
    .description('remove old runs by rule; deletes only with --yes or --apply')
    .argument('[results]', 'folder of the results (with --apply: as in the plan)')
    .option('--policy <name>', 'rules of conf/prune (nightly, space), or of a YAML file; flags win over it')
    .option('--keep-last <n>', 'keep the last n runs of each experiment')
    .option('--keep-hourly <n>', 'keep the newest run of each of the last n hours that have any')
    .option('--keep-daily <n>', 'the same of days')
    .option('--keep-weekly <n>', 'of ISO weeks')
    .option('--keep-monthly <n>', 'of months')
    .option('--keep-yearly <n>', 'of years')
    .option('--keep-within <span>', 'keep runs that ended within this span before now')
    .option('--keep-tag <tag>', 'keep runs with this tag; repeat for more', repeated)
    .addOption(
      new Option('--group-by <what>', 'what rules count in (default: experiment)').choices([
        'experiment',
        'config',
        'none',
      ]),
    )
    .option(
      '--max-size <size>',
      'remove the oldest of what no rule keeps, while results and trash are larger: 200GB',
    )
    .option('--keep-free <share>', 'the same while less of the disk is free: 20% or 50GB')
    .option('--force-size', 'the limits of space win over the rules that keep')
    .option('--min-age <span>', 'never remove a younger run')
    .option('--stale-after <span>', 'also remove unfinished runs that nothing was written to for so long')
    .option('--require-ingested', 'never remove a run that is not in the dataset, file for file')
    .option('--dataset <dir>', 'folder of the dataset, where ingest has not noted it')
    .option('--max-delete <n>', 'remove nothing when it would be more runs than this: 100, or 10%')
    .option(
      '--keep-trash <span>',
      'what is removed stays in .trash for so long, unless there is a limit of space; undelete brings it back',
    )
    .option('--archive <dir>', 'copy runs there, every hash compared, before they are removed')
    .option(
      '--archive-tag <tag>',
      'archive only runs with this tag, which then may go; repeat for more',
      repeated,
    )
    .option(
      '--runtime-logs <dir>',
      'prune a folder of runtime logs, too: data/raw/runtime; never scene seeds',
    )
    .option('--logs-max-age <span>', 'remove older runtime logs')
    .option('--logs-max-size <size>', 'remove the oldest runtime logs while they are larger')
    .option('--rejected-max-age <span>', 'empty samples of rejected episodes of older runs')
    .option('--yes', 'really remove')
    .option('--dry-run', 'print the plan, change nothing')
    .option('--plan <file>', 'write the plan to a file, change nothing else')
    .option('--apply <file>', 'remove what a plan lists, as far as it is unchanged and would still go')
    .option('--log <file>', 'append a JSON line for each decision')
    .option('--quiet', 'print nothing unless something is removed or wrong')
    .option('--json', 'print the plan as one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (results: string | undefined, options: PruneOptions) => {
      const { run } = await import('../commands/prune.js');
      exit(await run(results, options, processOutput));
    });
}
