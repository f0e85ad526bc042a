import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { JsonMap } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';
import { CONFIG_FILE, OVERRIDES_FILE, RUN_FILE } from '../core/layout.js';
import { ioError } from '../io/io-error.js';
import type { RunDirectory } from '../io/run-directory.js';
import { captureTask, type CaptureTask } from './capture-task.js';
import { requireOverrides } from './operands.js';
import { printable } from './ui.js';

/** Modules of the user's own that made or recorded a run, as named on the command line. */
export interface OwnModules {
  policy?: string | undefined;
  backend?: string | undefined;
}

/**
 * What a run was captured with, of its run.json alone. Its output folder is the one it lies in now.
 * @throws CaptureError `input` for a run that another program made, or whose run.json was changed; `config` for a
 *   module the run names and the command does not: what a stranger sent must not make anybody run code
 */
export async function storedTask(
  { path, run, runJson }: RunDirectory,
  own: OwnModules,
  argv: readonly string[],
): Promise<CaptureTask> {
  const file = join(path, RUN_FILE);
  const extra = (runJson['extra'] ?? {}) as JsonMap;
  const config = (extra['config'] ?? null) as JsonMap | null;
  if (config === null || !Object.hasOwn(config, 'episodes')) {
    throw new CaptureError(
      'input',
      `${file} has no configuration of a capture: another program made this run`,
      {
        hint: 'only what plume-nav-capture captured can be captured again; recover keeps what there is of any run',
      },
    );
  }
  const { checkStored } = await import('../config/stored.js');
  const { tree, hash, config: typed } = checkStored(config, file);
  if (hash !== run.config_hash) {
    throw new CaptureError('input', `${file} was changed: config_hash is not that of its configuration`, {
      hint: 'put back the run.json that the capture wrote',
    });
  }
  const overrides = (extra['overrides'] ?? []) as string[];
  const task = captureTask({ composed: { tree, hash, overrides }, config: typed }, argv);
  const home = dirname(resolve(path));
  const settings = { ...task.settings, output: dirname(home), runId: run.run_id };
  const { policy, record } = settings;
  if (policy.name === 'module') {
    settings.policy = { ...policy, module: named('policy', policy.module, own.policy) };
  }
  const { backends } = await import('../backends/index.js');
  if (!backends.has(record.backend)) {
    settings.record = { ...record, backend: named('backend', record.backend, own.backend) };
  }
  return { ...task, settings };
}

function named(flag: 'policy' | 'backend', wanted: string, given: string | undefined): string {
  if (given !== undefined) return given;
  throw new CaptureError('config', `the run was captured with a ${flag} of your own, ${printable(wanted)}`, {
    hint: `name it, so that no run decides which code is run: --${flag} ${printable(wanted)}`,
  });
}

/**
 * Overrides may only say what is so already.
 * @throws ConfigError, or CaptureError `config` with the keys that differ
 */
export async function requireSameOverrides(
  { path }: RunDirectory,
  { provenance }: CaptureTask,
  overrides: readonly string[],
): Promise<void> {
  requireOverrides(overrides);
  const { overrideDifferences } = await import('../config/stored.js');
  const found = overrideDifferences(
    provenance.config as Parameters<typeof overrideDifferences>[0],
    overrides,
  );
  if (found.length === 0) return;
  throw new CaptureError('config', [`${path} was begun with another configuration:`, ...found].join('\n  '), {
    hint: 'a run goes on as it was begun: leave the overrides out, or capture another run',
  });
}

/**
 * Whoever changes config.yaml in a run wants it to count, which it cannot: the run says once what it was made with.
 * @throws CaptureError `config` with the keys that differ
 */
export async function requireUnchangedConfig(
  { path }: RunDirectory,
  { provenance }: CaptureTask,
): Promise<void> {
  const { config, configYaml, overridesYaml } = provenance;
  const text = await textOf(join(path, CONFIG_FILE));
  if (text !== configYaml) {
    const [{ readYaml }, { toValue }, { configDifferences }] = await Promise.all([
      import('../config/yaml/read.js'),
      import('../config/node.js'),
      import('../config/stored.js'),
    ]);
    const now = toValue(readYaml(text, join(path, CONFIG_FILE)));
    const found = configDifferences(config as Parameters<typeof configDifferences>[0], now);
    if (found.length > 0) {
      throw new CaptureError(
        'config',
        [`${join(path, CONFIG_FILE)} was changed since:`, ...found].join('\n  '),
        {
          hint: 'a run goes on as it was begun: put it back, or capture another run',
        },
      );
    }
  }
  if ((await textOf(join(path, OVERRIDES_FILE))) !== overridesYaml) {
    throw new CaptureError('config', `${join(path, OVERRIDES_FILE)} was changed since the run was begun`, {
      hint: `it should read ${JSON.stringify(overridesYaml)}`,
    });
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw ioError(`cannot read ${path}`, error);
  }
}
