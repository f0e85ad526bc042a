/** coefficient * 10 ** exponent */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** Digits a sum keeps: the default precision of Python's decimal, which Hydra adds up ranges of floats with. */
const PRECISION = 28;

/** A finite number, exactly. */
export function exactDecimal(value: bigint | number): Decimal {
  if (typeof value === 'bigint') return { coefficient: value, exponent: 0 };
  if (Number.isInteger(value)) return { coefficient: BigInt(value), exponent: 0 };
  let scaled = value;
  let halvings = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    halvings++;
  }
  return { coefficient: BigInt(scaled) * 5n ** BigInt(halvings), exponent: -halvings };
}

/** The nearest double. */
export function toNumber({ coefficient, exponent }: Decimal): number {
  return Number(`${coefficient}e${exponent}`);
}

/** The sum, rounded to 28 significant digits, ties to even. */
export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return round({ coefficient: aligned(a, exponent) + aligned(b, exponent), exponent });
}

/** Negative, zero or positive as a is below, equal to or above b, exactly. */
export function compare(a: Decimal, b: Decimal): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = aligned(a, exponent) - aligned(b, exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const aligned = ({ coefficient, exponent }: Decimal, to: number): bigint =>
  coefficient * 10n ** BigInt(exponent - to);

function round({ coefficient, exponent }: Decimal): Decimal {
  const magnitude = coefficient < 0n ? -coefficient : coefficient;
  const excess = String(magnitude).length - PRECISION;
  if (excess <= 0) return { coefficient, exponent };
  const unit = 10n ** BigInt(excess);
  const rest = magnitude % unit;
  let kept = magnitude / unit;
  if (rest * 2n > unit || (rest * 2n === unit && kept % 2n === 1n)) kept++;
  return { coefficient: coefficient < 0n ? -kept : kept, exponent: exponent + excess };
}
