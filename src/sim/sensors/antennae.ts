import type { Field } from '../fields/field.js';
import { roundHalfEven } from '../round.js';
import type { SensorFactory } from './sensor.js';

/** Cells from the agent to each sensor. */
const REACH = 2;

/** Concentration at a point rounded to a cell; 0 outside the grid. */
function sample(field: Field, pointX: number, pointY: number): number {
  const x = roundHalfEven(pointX);
  const y = roundHalfEven(pointY);
  const inside = x >= 0 && x < field.width && y >= 0 && y < field.height;
  return inside ? field.data[y * field.width + x]! : 0;
}

/**
 * Two sensors 2 cells away, at 0° and 180° from the heading, shape (2,), in [0, 1]. Their offset is
 * (d cos, -d sin): plume_nav_sim counts y downwards here and upwards in actions, and data must compare.
 */
export const antennae: SensorFactory = () => ({
  width: 2,
  odour: true,
  sense({ x, y, headingX, headingY }, field, _rng, out) {
    const dx = REACH * headingX;
    const dy = -REACH * headingY;
    out[0] = sample(field, x + dx, y + dy);
    out[1] = sample(field, x - dx, y - dy);
  },
});
