import type { Wind, WindConfig } from './wind.js';

/** The same wind everywhere: `vector`, or vx = speed cos(direction) and vy = -speed sin(direction), as float32. */
export function constantWind(config: WindConfig): Wind {
  const angle = config.direction_deg * (Math.PI / 180);
  const [vx, vy] = config.vector ?? [config.speed * Math.cos(angle), -config.speed * Math.sin(angle)];
  return {
    sample(_x, _y, out) {
      out[0] = vx;
      out[1] = vy;
    },
  };
}
