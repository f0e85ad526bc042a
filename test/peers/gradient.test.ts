import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slopeX, slopeY } from '../../src/sim/fields/gradient.js';
import { ask, findPeers } from './python.js';

const peers = findPeers(['numpy']);
const SCRIPT = fileURLToPath(new URL('gradient.py', import.meta.url));

const concentration = fc.float({ min: 0, max: 1, noNaN: true });

/** Fields of any size from 2x2 on, as rows: numpy.gradient has none for a single row or column. */
const fields = fc
  .tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 9 }))
  .chain(([width, height]) => {
    const row = fc.array(concentration, { minLength: width, maxLength: width });
    return fc.array(row, { minLength: height, maxLength: height });
  });

describe.skipIf(peers.python === null)(`numpy.gradient (${peers.reason})`, () => {
  it('has the same slopes in every cell, edges and corners included', () => {
    const asked = fc.sample(fields, 200);
    const answers = ask<number[][], { x: number[][]; y: number[][] }>(peers, SCRIPT, asked);
    asked.forEach((rows, i) => {
      const field = {
        width: rows[0]!.length,
        height: rows.length,
        data: Float32Array.from(rows.flat()),
        reset() {},
        advance() {},
        pending: () => null,
      };
      const cells = (slope: typeof slopeX): number[][] =>
        rows.map((row, y) => row.map((_, x) => slope(field, x, y)));
      expect({ x: cells(slopeX), y: cells(slopeY) }).toEqual(answers[i]);
    });
  });
});
