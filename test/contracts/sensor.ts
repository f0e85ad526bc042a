import { expect, it } from 'vitest';
import { Agent } from '../../src/sim/agent.js';
import type { Field } from '../../src/sim/fields/field.js';
import { Generator } from '../../src/sim/rng/generator.js';
import type { SensorFactory } from '../../src/sim/sensors/sensor.js';

/** What every sensor keeps to. */
export function sensorContract(create: SensorFactory): void {
  const wind = {
    sample(_x: number, _y: number, out: Float32Array): void {
      out.set([1.5, -0.5]);
    },
  };
  const field: Field = {
    width: 5,
    height: 4,
    data: Float32Array.from({ length: 20 }, (_, i) => i / 20),
    reset() {},
    advance() {},
    pending: () => null,
  };

  it('writes its whole observation in every cell and heading, finite, and odour in [0, 1]', () => {
    const sensor = create({ wind, windNoise: 0.1 });
    const rng = new Generator(3);
    for (let cell = 0; cell < 20; cell++) {
      const agent = new Agent(5, 4);
      agent.place(cell % 5, Math.floor(cell / 5));
      agent.turnTo(rng.uniform(0, 360));
      const out = new Float32Array(sensor.width).fill(NaN);
      sensor.sense(agent, field, rng, out);
      for (const value of out) {
        expect(Number.isFinite(value)).toBe(true);
        if (sensor.odour) expect(value >= 0 && value <= 1).toBe(true);
      }
    }
  });

  it('without noise draws nothing', () => {
    const sensor = create({ wind, windNoise: 0 });
    const rng = new Generator(3);
    sensor.sense(new Agent(5, 4), field, rng, new Float32Array(sensor.width));
    expect(rng.random()).toBe(new Generator(3).random());
  });
}
