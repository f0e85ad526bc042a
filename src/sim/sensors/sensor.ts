import type { Agent } from '../agent.js';
import type { Field } from '../fields/field.js';
import type { Generator } from '../rng/generator.js';
import type { Wind } from '../wind/wind.js';

/** What the agent perceives in its cell. */
export interface Sensor {
  /** Number of values in an observation. */
  readonly width: number;
  /** Whether the values are concentrations. */
  readonly odour: boolean;
  /** Writes an observation, `width` values; noise comes from the environment's generator. */
  sense(agent: Agent, field: Field, rng: Generator, out: Float32Array): void;
}

/** What a sensor may need besides the field. */
export interface SensorInputs {
  wind: Wind | null;
  /** Standard deviation of the noise on the wind, in cells per step. */
  windNoise: number;
}

export type SensorFactory = (inputs: SensorInputs) => Sensor;
