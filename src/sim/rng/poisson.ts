import type { Pcg64 } from './pcg64.js';

/** A Poisson draw, as numpy makes it: by multiplying uniforms below a mean of 10, by PTRS from there on. */
export function poisson(bits: Pcg64, mean: number): number {
  if (!(mean >= 0)) throw new RangeError(`poisson: mean must be >= 0, got ${mean}`);
  if (mean === 0) return 0;
  return mean >= 10 ? transformedRejection(bits, mean) : multiplication(bits, mean);
}

function multiplication(bits: Pcg64, mean: number): number {
  const limit = Math.exp(-mean);
  let product = bits.nextDouble();
  let count = 0;
  while (product > limit) {
    count++;
    product *= bits.nextDouble();
  }
  return count;
}

/** PTRS of W. Hörmann, "The transformed rejection method for generating Poisson random variables", 1993. */
function transformedRejection(bits: Pcg64, mean: number): number {
  const logMean = Math.log(mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const accept = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = bits.nextDouble() - 0.5;
    const v = bits.nextDouble();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= accept) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const density = -mean + k * logMean - logGamma(k + 1);
    if (Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b) <= density) return k;
  }
}

const STIRLING = [
  8.333333333333333e-2, -2.777777777777778e-3, 7.936507936507937e-4, -5.952380952380952e-4,
  8.417508417508418e-4, -1.917526917526918e-3, 6.41025641025641e-3, -2.955065359477124e-2,
  1.796443723688307e-1, -1.3924322169059,
];

/** log Γ(x) for x >= 1. Source: S. Zhang and J. Jin, "Computation of Special Functions", 1996. */
function logGamma(x: number): number {
  if (x === 1 || x === 2) return 0;
  const shift = x <= 7 ? Math.floor(7 - x) : 0;
  let z = x + shift;
  const inverseSquare = (1 / z) * (1 / z);
  let series = STIRLING[9]!;
  for (let i = 8; i >= 0; i--) series = series * inverseSquare + STIRLING[i]!;
  let result = series / z + 0.5 * Math.log(2 * Math.PI) + (z - 0.5) * Math.log(z) - z;
  for (let i = 0; i < shift; i++) {
    z -= 1;
    result -= Math.log(z);
  }
  return result;
}
