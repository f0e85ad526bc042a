/** 10^0 … 10^22: every power of ten that is a double. */
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const LARGEST = 22;
/** Beyond it results come near the subnormal numbers, where the error bound does not hold. */
const SMALLEST_POWER = -66;
const SPLITTER = 134217729; // 2^27 + 1
const NUDGE = 1 + 1e-7;

/**
 * The double nearest to (high · 10^lowDigits + low) · 10^power, or NaN where that needs more precision than is had
 * here. `high` and `low` are below 10^9, lowDigits at most 9.
 *
 * Number(text) is the same at ten times the price; timestamps have 17 digits and never repeat, so a reader of lines
 * spends most of its time there. Up to 15 digits one rounded operation does (Clinger 1990); up to 18 the quotient is
 * taken in double-double arithmetic (Dekker 1971), good for 2^-100, and refused when it lies that close to the
 * middle between two doubles.
 */
export function nearestDouble(high: number, low: number, lowDigits: number, power: number): number {
  const scale = POWERS[lowDigits]!;
  if (high * scale < 1e15) {
    const mantissa = high * scale + low;
    if (power <= 0 && power >= -LARGEST) return mantissa / POWERS[-power]!;
    if (power > 0 && power <= LARGEST) return mantissa * POWERS[power]!;
  }
  if (power < SMALLEST_POWER || power > 0) return Number.NaN;
  // Both terms are exact: below 2^45, one of them times 2^15.
  const top = (high >>> 15) * scale * 32768;
  const rest = (high & 32767) * scale + low;
  let value = top + rest;
  let error = top === 0 ? 0 : rest - (value - top);
  for (let left = -power; left > 0; left -= LARGEST) {
    const divisor = POWERS[left > LARGEST ? LARGEST : left]!;
    const quotient = value / divisor;
    const correction = (remainder(value, quotient, divisor) + error) / divisor;
    value = quotient + correction;
    error = correction - (value - quotient);
  }
  return value + error * NUDGE === value ? value : Number.NaN;
}

/** value − quotient · divisor, exactly. */
function remainder(value: number, quotient: number, divisor: number): number {
  const q = SPLITTER * quotient;
  const qHigh = q - (q - quotient);
  const qLow = quotient - qHigh;
  const d = SPLITTER * divisor;
  const dHigh = d - (d - divisor);
  const dLow = divisor - dHigh;
  const product = quotient * divisor;
  const lost = qHigh * dHigh - product + qHigh * dLow + qLow * dHigh + qLow * dLow;
  return value - product - lost;
}
