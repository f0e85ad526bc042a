import { suggestName } from '../suggest.js';
import type { Call } from './call.js';
import { CAST_NAMES, castCall } from './casts.js';
import { choiceCall, globCall, intervalCall, rangeCall, tagCall } from './make-sweep.js';
import { shuffleCall, sortCall } from './order.js';
import type { Element } from './sweeps.js';

const FUNCTIONS: ReadonlyMap<string, (call: Call) => Element> = new Map<string, (call: Call) => Element>([
  ...CAST_NAMES.map((name) => [name, castCall] as const),
  ['choice', choiceCall],
  ['range', rangeCall],
  ['glob', globCall],
  ['sort', sortCall],
  ['shuffle', shuffleCall],
  ['interval', intervalCall],
  ['tag', tagCall],
]);

/** The value, or the sweep, that a function call of the override grammar stands for. */
export function callFunction(call: Call): Element {
  const run = FUNCTIONS.get(call.name);
  if (run !== undefined) return run(call);
  return call.fail(`unknown function '${call.name}' (${suggestName(call.name, FUNCTIONS.keys())})`);
}
