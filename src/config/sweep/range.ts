import type { RangeNumber, RangeSweep } from '../override/sweeps.js';
import { add, compare, exactDecimal, toNumber } from './decimal.js';

/**
 * The values of a range, in its own direction. Integers are exact; with a float among start, stop and step all are
 * floats, added up in decimal as Hydra does (0.1, 0.2, … 0.6, 0.7000000000000001).
 */
export function* rangeValues({
  start,
  stop,
  step,
}: Pick<RangeSweep, 'start' | 'stop' | 'step'>): Generator<RangeNumber> {
  if (typeof start === 'bigint' && typeof stop === 'bigint' && typeof step === 'bigint') {
    for (let value = start; step > 0n ? value < stop : value > stop; value += step) yield value;
    return;
  }
  const end = exactDecimal(stop);
  const stride = exactDecimal(step);
  const direction = Math.sign(Number(step));
  const first = exactDecimal(start);
  for (let value = first; compare(value, end) * direction < 0; value = add(value, stride)) {
    // a first value of -0.0 keeps its sign, which decimals here do not have
    yield value === first ? Number(start) : toNumber(value);
  }
}
