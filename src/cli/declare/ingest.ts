import type { Command } from 'commander';
import type { IngestOptions } from '../commands/ingest.js';
import { processOutput } from '../ui.js';
import type { Invocation } from './invocation.js';
import { examples } from './words.js';

export function declareIngest(program: Command, { exit }: Invocation): void {
  program
    .command('ingest')
    .description('validate a finished run and copy it into a versioned dataset (a DVC stage)')
    .option('--run-dir <dir>', 'run to ingest (default: ingest_capture.run_dir of params.yaml)')
    .option('--out-dir <dir>', 'folder of the dataset (default: ingest_capture.out_dir of params.yaml)')
    .option('--params <file>', 'parameter file', 'params.yaml')
    .option('--backend <module>', 'backend of your own that recorded it: ./my-backend.js')
    .option('--dry-run', 'print the plan, change nothing')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `${examples('ingest --run-dir results/demo/run-20261121-120000 --out-dir data/captures')}\n  $ dvc repro -s capture_ingest`,
    )
    .action(async (options: IngestOptions) => {
      const { run } = await import('../commands/ingest.js');
      exit(await run(options, processOutput));
    });
}
