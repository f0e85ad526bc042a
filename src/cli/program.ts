import { Argument, Command, Option } from 'commander';
import type { CaptureOptions } from './commands/capture.js';
import type { ExplainOptions } from './commands/config-explain.js';
import type { ExportOptions } from './commands/export.js';
import type { HistoryOptions } from './commands/history.js';
import type { IngestOptions } from './commands/ingest.js';
import type { RecoverOptions } from './commands/recover.js';
import type { ReproduceOptions } from './commands/reproduce.js';
import type { ResumeOptions } from './commands/resume.js';
import type { ValidateOptions } from './commands/validate.js';
import { SHELLS, type Shell } from './completion/shells.js';
import { FORMAT_NAMES } from '../export/format-names.js';
import { packageVersion } from '../io/package-info.js';
import { DEFAULT_CONFIG } from './config-options.js';
import { declarePrune } from './declare/prune.js';
import { declareRuns } from './declare/runs.js';
import { checkFlags } from './flag-rules.js';
import { printable, processOutput } from './ui.js';

const EXIT_HELP = `
Exit codes:
  0 done · 1 findings (validation failed) · 2 usage or configuration · 3 partly done
  4 busy (another process holds the run) · 5 out of space or other I/O failure
  70 a bug of ours · 129/130/143 interrupted, after finalising what was captured`;

/** The command line: declarations only; a command's body is loaded when it runs. */
export function buildProgram(argv: readonly string[], exit: (code: number) => void): Command {
  const program = new Command('plume-nav-capture')
    .description('Run odour-plume navigation episodes and capture them as verifiable, versionable datasets.')
    .version(packageVersion())
    .enablePositionalOptions()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .exitOverride();

  const capture = addCapture(program, argv, exit);
  addValidate(program, exit);
  addReproduce(program, exit);
  addResume(program, argv, exit);
  addRecover(program, argv, exit);
  addExport(program, exit);
  addIngest(program, exit);
  declarePrune(program, exit);
  declareRuns(program, exit);
  addConfig(program, exit);
  addHistory(program, exit);
  addCompletion(program, exit);
  program.addHelpText('after', () => `\n${captureOptions(capture)}\n${CAPTURE_EXAMPLES}\n${EXIT_HELP}`);
  for (const command of program.commands) command.addHelpText('after', EXIT_HELP);
  return program;
}

/** commander's complaint and its suggestion, as every error of ours reads. */
function oneLine(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
  return `plume-nav-capture: ${printable(line)}\n`;
}

const CAPTURE_EXAMPLES = `Examples:
  $ plume-nav-capture --output results --experiment demo --episodes 2 --seed 100 --grid 8x8
  $ plume-nav-capture --config-name data_capture/config episodes=5 'env.grid_size=[64,64]' policy=surge_and_cast env.action_type=oriented
  $ plume-nav-capture -m seed=1,2,3 policy=random,surge_and_cast --jobs 2
  $ plume-nav-capture config explain policy.persistence policy=surge_and_cast
  $ plume-nav-capture validate results/demo/run-20261121-120000
  $ plume-nav-capture prune results --keep-last 10 --keep-within 30d --dry-run`;

function captureOptions(capture: Command): string {
  const help = capture.createHelp();
  const rows = help.visibleOptions(capture).map((option) => [option.flags, option.description] as const);
  const width = Math.max(...rows.map(([flags]) => flags.length));
  return `Options of capture, the default command:\n${rows.map(([flags, text]) => `  ${flags.padEnd(width)}  ${text}`).join('\n')}\n`;
}

function addCapture(program: Command, argv: readonly string[], exit: (code: number) => void): Command {
  return program
    .command('capture', { isDefault: true })
    .description('run episodes and record them (the default command)')
    .argument(
      '[overrides...]',
      'config overrides as Hydra takes them: key=value, +key=value, ~key, group=option',
    )
    .option('--output <dir>', 'folder of the results (output=)')
    .option('--experiment <name>', 'name of the experiment, a folder in the output (experiment=)')
    .option('--episodes <n>', 'number of episodes (episodes=)')
    .option('--seed <n>', 'seed of the first episode; episode i has seed + i (seed=)')
    .option('--grid <WxH>', 'grid size in cells (env.grid_size=)')
    .option('--action-type <type>', 'discrete, oriented or run_tumble (env.action_type=)')
    .option('--max-steps <n>', 'longest episode, in steps (env.max_steps=)')
    .option('--parquet', 'write Parquet files beside the JSONL (parquet=true)')
    .option('--rotate-size <bytes>', 'start a new part file after so many compressed bytes (rotate_size=)')
    .option('-m, --multirun', 'run every combination of the overrides with several values: seed=1,2,3')
    .option('--jobs <n>', 'runs of a sweep at the same time (default: 1)')
    .option('--resume-sweep <dir>', 'go on with a sweep that was interrupted')
    .option('--config-name <config>', `config to read, without .yaml (-cn; default: ${DEFAULT_CONFIG})`)
    .option('--config-path <dir>', 'root of the config tree instead of the packed one (-cp)')
    .option('--config-dir <dir>', 'folder with more configs, searched after the tree (-cd)')
    .addOption(new Option('-c, --cfg <what>', 'print the config instead of running').choices(['job']))
    .option('--resolve', 'with --cfg: resolve interpolations')
    .option('-p, --package <package>', 'with --cfg: only this part, such as env.wind')
    .addOption(
      new Option('-i, --info <what>', 'print how the config comes about').choices([
        'defaults',
        'defaults-tree',
        'config',
        'searchpath',
      ]),
    )
    .option('--reason <text>', 'why the configuration was changed, for `history`')
    .option('--metrics <file>', 'write what recording cost (time, buffers, bytes, memory) as JSON')
    .option('--dry-run', 'say what would be captured, write nothing')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', `\n${CAPTURE_EXAMPLES}`)
    .action(async (overrides: string[], options: CaptureOptions) => {
      checkFlags(options);
      const { run } = await captureCommand(options);
      exit(await run(overrides, options, argv, processOutput));
    });
}

/** What the default command does: its flags make it show a configuration or run a sweep. */
function captureCommand({ cfg, info, multirun, resumeSweep }: CaptureOptions) {
  if (cfg !== undefined || info !== undefined) return import('./commands/show-config.js');
  if (multirun === true || resumeSweep !== undefined) return import('./commands/multirun.js');
  return import('./commands/capture.js');
}

function addConfig(program: Command, exit: (code: number) => void): void {
  program
    .command('config')
    .description('explain a configuration: what a value is, and what made it so')
    .command('explain')
    .description('the value of a key, and every file, variable and override that gave it one')
    .argument('<key>', 'such as env.grid_size, or policy for a whole part')
    .argument('[overrides...]', 'config overrides as a capture takes them')
    .option('--config-name <config>', `config to read, without .yaml (-cn; default: ${DEFAULT_CONFIG})`)
    .option('--config-path <dir>', 'root of the config tree instead of the packed one (-cp)')
    .option('--config-dir <dir>', 'folder with more configs, searched after the tree (-cd)')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `\nExamples:\n  $ plume-nav-capture config explain env.max_steps env.max_steps=250\n  $ plume-nav-capture config explain policy policy=surge_and_cast\n${EXIT_HELP}`,
    )
    .action(async (key: string, overrides: string[], options: ExplainOptions) => {
      const { run } = await import('./commands/config-explain.js');
      exit(await run(key, overrides, options, processOutput));
    });
}

function addHistory(program: Command, exit: (code: number) => void): void {
  program
    .command('history')
    .description('how the configuration of the experiments changed, capture by capture, and why')
    .argument('[results]', 'folder of the results', 'results')
    .option('--experiment <name>', 'only this experiment')
    .option('--key <key>', 'only this key, such as env.max_steps, or env for all of them')
    .option('--json', 'print the changes as one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ plume-nav-capture history\n  $ plume-nav-capture history results --experiment demo --key env.max_steps',
    )
    .action(async (results: string, options: HistoryOptions) => {
      const { run } = await import('./commands/history.js');
      exit(await run(results, options, processOutput));
    });
}

function addCompletion(program: Command, exit: (code: number) => void): void {
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
      const { run } = await import('./commands/completion.js');
      exit(await run(shell, processOutput));
    });
}

function addValidate(program: Command, exit: (code: number) => void): void {
  program
    .command('validate')
    .description('check runs: files, records, and the sense of the whole; changes nothing')
    .argument('[run_dirs...]', 'run directories: <output>/<experiment>/<run_id>')
    .option('--all <root>', 'every run below this folder')
    .option('--deep', 'simulate the runs again, too, and compare every record')
    .option('--policy <module>', 'with --deep: policy of your own that made them: ./my-policy.js')
    .option('--backend <module>', 'backend of your own that recorded them: ./my-backend.js')
    .option('--json', 'print the reports as one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ plume-nav-capture validate results/demo/run-20261121-120000\n  $ plume-nav-capture validate --deep --all results --json',
    )
    .action(async (paths: string[], options: ValidateOptions) => {
      const { run } = await import('./commands/validate.js');
      exit(await run(paths, options, processOutput));
    });
}

function addReproduce(program: Command, exit: (code: number) => void): void {
  program
    .command('reproduce')
    .description('simulate a run again from its run.json and compare it with its records')
    .argument('<run_dir>', 'run directory: <output>/<experiment>/<run_id>')
    .option('--episode <n>', 'only this episode, by number from 1')
    .option('--policy <module>', 'policy of your own that made it: ./my-policy.js')
    .option('--backend <module>', 'backend of your own that recorded it: ./my-backend.js')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      '\nExits with 0 when all is identical, with 1 at a difference.\n\nExamples:\n  $ plume-nav-capture reproduce results/demo/run-20261121-120000\n  $ plume-nav-capture reproduce results/demo/run-20261121-120000 --episode 17',
    )
    .action(async (runDir: string, options: ReproduceOptions) => {
      const { run } = await import('./commands/reproduce.js');
      exit(await run(runDir, options, processOutput));
    });
}

function addRecover(program: Command, argv: readonly string[], exit: (code: number) => void): void {
  program
    .command('recover')
    .description('make a finished run of one that was killed or damaged; keeps every record that can be read')
    .argument('<run_dir>', 'run directory: <output>/<experiment>/<run_id>')
    .option('--backend <module>', 'backend of your own that recorded it: ./my-backend.js')
    .option('--dry-run', 'say what would be kept and what is lost, change nothing')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ plume-nav-capture recover results/demo/run-20261121-120000 --dry-run\n  $ plume-nav-capture recover results/demo/run-20261121-120000\n\nExit codes of recover: 0 nothing was lost · 3 something was, and the rest is kept',
    )
    .action(async (runDir: string, options: RecoverOptions) => {
      const { run } = await import('./commands/recover.js');
      exit(await run(runDir, options, argv, processOutput));
    });
}

function addResume(program: Command, argv: readonly string[], exit: (code: number) => void): void {
  program
    .command('resume')
    .description('go on with a run that was interrupted; in the end it is as if it never had been')
    .argument('<run_dir>', 'run directory: <output>/<experiment>/<run_id>')
    .argument('[overrides...]', 'may be repeated; another one than the run was begun with is refused')
    .option('--policy <module>', 'policy of your own that acted in it: ./my-policy.js')
    .option('--backend <module>', 'backend of your own that recorded it: ./my-backend.js')
    .option('--dry-run', 'say what is there and what is left, change nothing')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ plume-nav-capture resume results/demo/run-20261121-120000\n  $ plume-nav-capture resume results/demo/run-20261121-120000 --dry-run',
    )
    .action(async (runDir: string, overrides: string[], options: ResumeOptions) => {
      const { run } = await import('./commands/resume.js');
      exit(await run(runDir, overrides, options, argv, processOutput));
    });
}

function addIngest(program: Command, exit: (code: number) => void): void {
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
      '\nExamples:\n  $ plume-nav-capture ingest --run-dir results/demo/run-20261121-120000 --out-dir data/captures\n  $ dvc repro -s capture_ingest',
    )
    .action(async (options: IngestOptions) => {
      const { run } = await import('./commands/ingest.js');
      exit(await run(options, processOutput));
    });
}

function addExport(program: Command, exit: (code: number) => void): void {
  program
    .command('export')
    .description('write the records of a run in another format')
    .argument('<run_dir>', 'run directory: <output>/<experiment>/<run_id>')
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
      '\nExamples:\n  $ plume-nav-capture export results/demo/run-20261121-120000 --out demo.parquet --compression zstd\n  $ plume-nav-capture export results/demo/run-20261121-120000 --out part.csv.gz --episodes 1,5,12-18\n  $ plume-nav-capture export results/demo/run-20261121-120000 --format minari --out datasets/demo-v0',
    )
    .action(async (runDir: string, options: ExportOptions) => {
      const { run } = await import('./commands/export.js');
      exit(await run(runDir, options, processOutput));
    });
}
