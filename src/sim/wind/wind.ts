import { z } from 'zod';
import { float } from '../../core/config-types.js';

/** Air movement. */
export interface Wind {
  /** Writes the wind (vx, vy) at a cell into `out[0]` and `out[1]`. */
  sample(x: number, y: number, out: Float32Array): void;
}

/** Keeps float32 sums finite. */
const MAX_SPEED = 1e30;
const component = () => float({ min: -MAX_SPEED, max: MAX_SPEED });

export const windSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether there is wind to sense.'),
  direction_deg: float()
    .default(0)
    .describe('Wind direction in degrees; vx = speed cos(direction), vy = -speed sin(direction).'),
  speed: float({ min: 0, max: MAX_SPEED }).default(1).describe('Wind speed in cells per step.'),
  vector: z
    .tuple([component(), component()])
    .nullable()
    .default(null)
    .describe('Wind vector [vx, vy] in cells per step, used instead of direction and speed; null for those.'),
  noise_std: float({ min: 0, max: MAX_SPEED })
    .default(0)
    .describe('Standard deviation of the normal noise on each sensed wind component, in cells per step.'),
});

export type WindConfig = z.output<typeof windSchema>;
