import type { Pcg64 } from './pcg64.js';
import { EXPONENTIAL, NORMAL } from './ziggurat-tables.js';

/** Where the tails begin: the right edge of the lowest layer. */
const NORMAL_EDGE = 3.654152885361009;
const NORMAL_EDGE_INVERSE = 0.27366123732975828;
const EXPONENTIAL_EDGE = 7.69711747013105;

const TWO_23 = 2 ** 23;
const TWO_21 = 2 ** 21;

/**
 * A standard normal draw by the ziggurat method, 256 layers, from one 64-bit word 99.3 % of the time:
 * 8 bits of layer, one of sign, 52 of position. Word for word what numpy draws (its tables, BSD-3-Clause).
 * Source: G. Marsaglia and W. W. Tsang, "The ziggurat method for generating random variables", 2000.
 */
export function standardNormal(bits: Pcg64): number {
  for (;;) {
    bits.next();
    const { high, low } = bits;
    const layer = low & 0xff;
    const position = (high & 0x1fffffff) * TWO_23 + (low >>> 9);
    const magnitude = position * NORMAL.widths[layer]!;
    const x = (low & 0x100) === 0 ? magnitude : -magnitude;
    if (position < NORMAL.inside[layer]!) return x;
    if (layer === 0) return normalTail(bits, (low & 0x20000) !== 0);
    const below = NORMAL.heights[layer]!;
    if ((NORMAL.heights[layer - 1]! - below) * bits.nextDouble() + below < Math.exp(-0.5 * x * x)) return x;
  }
}

function normalTail(bits: Pcg64, negative: boolean): number {
  for (;;) {
    const x = -NORMAL_EDGE_INVERSE * Math.log1p(-bits.nextDouble());
    const y = -Math.log1p(-bits.nextDouble());
    if (y + y > x * x) return negative ? -(NORMAL_EDGE + x) : NORMAL_EDGE + x;
  }
}

/** A standard exponential draw, likewise: 3 bits unused, 8 of layer, 53 of position. */
export function standardExponential(bits: Pcg64): number {
  for (;;) {
    bits.next();
    const { high, low } = bits;
    const layer = (low >>> 3) & 0xff;
    const position = (high >>> 0) * TWO_21 + (low >>> 11);
    const x = position * EXPONENTIAL.widths[layer]!;
    if (position < EXPONENTIAL.inside[layer]!) return x;
    if (layer === 0) return EXPONENTIAL_EDGE - Math.log1p(-bits.nextDouble());
    const below = EXPONENTIAL.heights[layer]!;
    if ((EXPONENTIAL.heights[layer - 1]! - below) * bits.nextDouble() + below < Math.exp(-x)) return x;
  }
}
