import { Option, type Command } from 'commander';
import type { ExportOptions } from '../commands/export.js';
import { FORMAT_NAMES } from '../../export/format-names.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples, RUN } from './words.js';

export function declareExport(program: Command, { exit }: Invocation): void {
  program
    .command('export')
    .description('write the records of a run in another format')
    .argument('<run_dir>', RUN)
    .requiredOption('--out <file>', 'file to write, or folder for minari')
    .addOption(new Option('--format <format>', 'default: as the ending of --out says').choices(FORMAT_NAMES))
    .option('--compression <name>', 'gzip, none, or a Parquet codec: snappy, gzip, lz4, brotli, zstd, none')
    .option('--level <n>', 'level of the compression')
    .option('--episodes <list>', 'only these, by number and range: 1,5,12-18')
    .option('--columns <names>', 'only these columns of the steps: step,agent_x,agent_y')
    .option('--force', 'replace what lies at --out')
    .option('--backend <module>', 'backend of your own that recorded it: ./my-backend.js')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      examples(
        'export results/demo/run-20261121-120000 --out demo.parquet --compression zstd',
        'export results/demo/run-20261121-120000 --out part.csv.gz --episodes 1,5,12-18',
        'export results/demo/run-20261121-120000 --format minari --out datasets/demo-v0',
      ),
    )
    .action(async (runDir: string, options: ExportOptions) => {
      const { run } = await import('../commands/export.js');
      exit(await run(runDir, options, processOutput));
    });
}
