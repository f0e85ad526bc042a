import { nearestDouble } from './decimal.js';

const ZERO = 48;
const MINUS = 45;
const POINT = 46;

/** Reads JSON numbers from bytes; `at` then stands after the number. Failure is NaN, and leaves `at` anywhere. */
export class NumberScanner {
  at = 0;

  /** A safe integer without point or exponent. −0 reads as 0. */
  int(bytes: Uint8Array, start: number): number {
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    let value = 0;
    let digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = bytes[++at]! - ZERO;
    }
    this.at = at;
    const digits = at - first;
    if (digits === 0 || digits > 16 || (digits > 1 && bytes[first] === ZERO)) return Number.NaN;
    // A point or exponent follows: the checks of any line decide whether it still is an integer.
    if (digit === POINT - ZERO || isExponent(bytes[at]!) || value > Number.MAX_SAFE_INTEGER)
      return Number.NaN;
    return negative ? 0 - value : value;
  }

  /** Any finite number, as Number(text) has it. −0 reads as 0. */
  float(bytes: Uint8Array, start: number): number {
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    let high = 0;
    let low = 0;
    let digits = 0;
    let digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9) {
      if (digits < 9) high = high * 10 + digit;
      else if (digits < 18) low = low * 10 + digit;
      // Leading zeros do not count.
      if (high !== 0) digits++;
      digit = bytes[++at]! - ZERO;
    }
    const whole = at - first;
    if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) return Number.NaN;
    let power = 0;
    if (bytes[at] === POINT) {
      const fraction = ++at;
      digit = bytes[at]! - ZERO;
      while (digit >= 0 && digit <= 9) {
        if (digits < 9) high = high * 10 + digit;
        else if (digits < 18) low = low * 10 + digit;
        if (high !== 0) digits++;
        digit = bytes[++at]! - ZERO;
      }
      if (at === fraction) return Number.NaN;
      power = fraction - at;
    }
    this.at = at;
    if (isExponent(bytes[at]!)) {
      const exponent = this.exponent(bytes, at + 1);
      if (Number.isNaN(exponent)) return Number.NaN;
      power += exponent;
    }
    let value = digits <= 18 ? nearestDouble(high, low, digits > 9 ? digits - 9 : 0, power) : Number.NaN;
    if (Number.isNaN(value)) value = Number(latin1(bytes, first, this.at));
    if (value === Infinity) return Number.NaN;
    return negative ? 0 - value : value;
  }

  private exponent(bytes: Uint8Array, start: number): number {
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative || bytes[at] === 43) at++;
    const first = at;
    let value = 0;
    let digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9) {
      if (value < 1e6) value = value * 10 + digit;
      digit = bytes[++at]! - ZERO;
    }
    this.at = at;
    return at === first ? Number.NaN : negative ? -value : value;
  }
}

const isExponent = (byte: number): boolean => (byte | 32) === 101;

/** ASCII bytes as text. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
