import { CaptureError } from '../core/errors.js';
import { suggest } from '../core/nearest.js';

const COMMANDS = [
  'capture',
  'validate',
  'recover',
  'resume',
  'reproduce',
  'export',
  'ingest',
  'prune',
  'undelete',
  'ls',
  'show',
  'status',
  'pending',
  'accept',
  'reject',
  'pin',
  'unpin',
  'tag',
  'config',
  'history',
  'completion',
  'help',
];

/** An operand of the default command that is no override is most likely a mistyped command. */
export function requireOverrides(operands: readonly string[]): void {
  for (const operand of operands) {
    if (operand.includes('=') || operand.startsWith('~')) continue;
    if (COMMANDS.includes(operand)) {
      throw new CaptureError('usage', `the command '${operand}' comes first, before flags and overrides`);
    }
    throw new CaptureError('usage', `'${operand}' is neither a command nor an override (key=value)`, {
      hint: suggest(operand, COMMANDS),
    });
  }
}
