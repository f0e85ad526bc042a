import { it } from 'vitest';
import { expandSweep } from '../../../src/config/index.js';
import type { ConfigValue } from '../../../src/config/node.js';
import { parseOverride, parseSweepable } from '../../../src/config/override/parse.js';
import { overrideText, quoteValue } from '../../../src/config/override/quote.js';
import { ConfigSource } from '../../../src/config/source.js';
import { ConfigError } from '../../../src/config/problems.js';
import { tries } from '../runs.js';
import { fuzz, refusal, same } from './fuzz.js';
import { OVERRIDE_TOKENS, override, OVERRIDES } from './override-grammar.js';

const source = ConfigSource.open(null);
/** Of a sweep's jobs, those whose overrides are read again. */
const JOBS = 20;

/** The value as text; null for one that the grammar has no text for. */
function written(value: ConfigValue, write: (value: ConfigValue) => string): string | null {
  try {
    return write(value);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    same('reason', error.message.endsWith('cannot be written in an override; put it in a config file'), true);
    return null;
  }
}

/** What is read and written again is read the same. */
function readsBack(value: ConfigValue): void {
  const text = written(value, overrideText);
  if (text !== null) same('read back', parseOverride(`a=${text}`).value, value);
  const meant = written(value, quoteValue);
  if (meant !== null && !meant.includes('${')) same('read back', parseOverride(`a=${meant}`).value, value);
}

const kindOf = (value: ConfigValue | undefined): string =>
  Array.isArray(value)
    ? `[${value.slice(0, 3).map(kindOf).join()}]`
    : value instanceof Map
      ? `{${[...value.values()].slice(0, 3).map(kindOf).join()}}`
      : typeof value;

it('overrides', async () => {
  const read = (text: string): string => {
    try {
      const parsed = parseSweepable(text);
      if (!('sweep' in parsed)) {
        if (parsed.value !== undefined) readsBack(parsed.value);
        return `${parsed.type} ${kindOf(parsed.value)}`;
      }
      const jobs = expandSweep([text], source);
      for (const { overrides, swept } of jobs.slice(0, JOBS)) {
        same('swept keys', swept.length, 1);
        for (const each of overrides) same('sweep in a job', 'sweep' in parseSweepable(each), false);
      }
      return `${parsed.sweep.kind} ${Math.ceil(Math.log2(jobs.length))}`;
    } catch (error) {
      return refusal(error, text);
    }
  };
  await fuzz(
    { name: 'overrides', seeds: OVERRIDES, tokens: OVERRIDE_TOKENS, generate: override, read },
    tries(2_000_000, 12_000),
  );
}, 3_600_000);
