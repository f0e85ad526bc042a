import { CaptureError } from '../../core/errors.js';
import { compactJson, type JsonValue } from '../../core/canonical-json.js';
import { composeOnly, configPart, flagOverrides, toYaml, type Composition } from '../../config/index.js';
import { composeRequest } from '../config-options.js';
import { EXIT } from '../exit-codes.js';
import { requireOverrides } from '../operands.js';
import type { Output } from '../ui.js';
import type { CaptureOptions } from './capture.js';

/** `--cfg job` and `--info WHAT`: shows the configuration instead of capturing. */
export async function run(
  operands: string[],
  options: CaptureOptions,
  _argv: readonly string[],
  output: Output,
): Promise<number> {
  requireOverrides(operands);
  refuseSweep(options);
  const composition = composeOnly(composeRequest(options, [...operands, ...flagOverrides(options)]));
  for (const warning of composition.warnings) output.stderr(`warning: ${warning}\n`);
  if (options.info === undefined) {
    output.stdout(partText(composition, options));
    return EXIT.done;
  }
  const { showInfo } = await import('../config-info.js');
  output.stdout(showInfo(composition, options.info, options.json === true));
  return EXIT.done;
}

function refuseSweep({ cfg, multirun, resumeSweep }: CaptureOptions): void {
  if (multirun !== true && resumeSweep === undefined) return;
  const flag = cfg === undefined ? '--info' : '--cfg';
  throw new CaptureError('usage', `${flag} shows the config of one run, not of a sweep`, {
    hint: 'leave out --multirun and give one value for each key, or see the runs with --multirun --dry-run',
  });
}

/** As Hydra prints it: interpolations as written unless resolved, a part below a line that names it. */
function partText(
  composition: Composition,
  { package: name, resolve = false, json = false }: CaptureOptions,
): string {
  const value = configPart(composition, name ?? null, resolve);
  if (json) return `${compactJson(value as JsonValue)}\n`;
  const isPart = name !== undefined && name !== '_global_' && (value instanceof Map || Array.isArray(value));
  return (
    (isPart ? `# @package ${name}\n` : '') + toYaml(value, { interpolations: resolve ? 'escaped' : 'kept' })
  );
}
