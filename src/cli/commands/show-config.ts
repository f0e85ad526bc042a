import { composeOnly, configPart, flagOverrides, toYaml, type Composition } from '../../config/index.js';
import { configJson } from '../config-json.js';
import { composeRequest } from '../config-options.js';
import { EXIT } from '../exit-codes.js';
import { requireOverrides } from '../operands.js';
import { printable, type Output } from '../ui.js';
import type { CaptureOptions } from './capture.js';

/** `--cfg job` and `--info WHAT`: shows the configuration instead of capturing. */
export async function run(
  operands: string[],
  options: CaptureOptions,
  _argv: readonly string[],
  output: Output,
): Promise<number> {
  requireOverrides(operands);
  const composition = composeOnly(composeRequest(options, [...operands, ...flagOverrides(options)]));
  for (const warning of composition.warnings) output.stderr(`warning: ${printable(warning)}\n`);
  if (options.info === undefined) {
    output.stdout(partText(composition, options));
    return EXIT.done;
  }
  const { showInfo } = await import('../config-info.js');
  output.stdout(showInfo(composition, options.info, options.json === true));
  return EXIT.done;
}

/** As Hydra prints it: interpolations as written unless resolved, a part below a line that names it. */
function partText(
  composition: Composition,
  { package: name, resolve = false, json = false }: CaptureOptions,
): string {
  const value = configPart(composition, name ?? null, resolve);
  if (json) return `${configJson(value)}\n`;
  const isPart = name !== undefined && name !== '_global_' && (value instanceof Map || Array.isArray(value));
  return (
    (isPart ? `# @package ${name}\n` : '') + toYaml(value, { interpolations: resolve ? 'escaped' : 'kept' })
  );
}
