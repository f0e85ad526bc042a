import { readFileSync } from 'node:fs';
import { createStepBatch, type StepBatch } from '../../src/core/batch.js';
import type { MovieFrames, MovieMetadata } from '../../src/core/ports.js';
import { assemble, type SimulationInputs } from '../../src/sim/assemble.js';
import { envSchema, movieSchema, policySchema } from '../../src/sim/config.js';
import type { PolicyFactory } from '../../src/sim/policies/module.js';
import { Simulation } from '../../src/sim/simulation.js';

export const golden = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'));

/** A plain value as the config reader gives it: integers as bigint. */
export function typed(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(typed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typed(inner)]));
}

export interface PlainConfig {
  env?: Record<string, unknown>;
  policy?: Record<string, unknown>;
  movie?: Record<string, unknown>;
  frames?: MovieFrames | null;
  actions?: readonly (readonly number[])[] | null;
  factory?: PolicyFactory | null;
}

export function inputsOf({
  env = {},
  policy,
  movie = {},
  frames,
  actions,
  factory,
}: PlainConfig): SimulationInputs {
  return {
    env: envSchema.parse(typed({ action_type: 'discrete', reward_type: 'sparse', ...env })),
    policy: policySchema.parse(typed(policy ?? { name: 'random' })),
    movie: movieSchema.parse(typed(movie)),
    frames: frames ?? null,
    actions: actions ?? null,
    factory: factory ?? null,
  };
}

export const simulationOf = (config: PlainConfig): Simulation => new Simulation(inputsOf(config));
export const assembleOf = (config: PlainConfig) => assemble(inputsOf(config));

/** A config that plays a list of actions. */
export const playing = (env: Record<string, unknown>, actions: readonly number[]): PlainConfig => ({
  env,
  policy: { name: 'scripted', actions_file: 'actions.json' },
  actions: [actions],
});

/** Rows [0, batch.rows) as plain columns. */
export function rowsOf({ columns, rows }: StepBatch) {
  const { width, values } = columns.observation_summary!;
  const numbers = (column: Float64Array | Uint8Array): number[] => [...column.subarray(0, rows)];
  return {
    step: numbers(columns.step),
    action: numbers(columns.action!),
    reward: numbers(columns.reward!),
    terminated: numbers(columns.terminated),
    truncated: numbers(columns.truncated),
    agent_x: numbers(columns.agent_x),
    agent_y: numbers(columns.agent_y),
    distance_to_goal: numbers(columns.distance_to_goal),
    observation: [...values.subarray(0, rows * width)],
    seed: numbers(columns.seed),
  };
}

export type Rows = ReturnType<typeof rowsOf>;

/** One whole episode, filled `capacity` rows at a time. */
export async function run(simulation: Simulation, seed: number, index = 0, capacity = 4096): Promise<Rows> {
  const all: Rows[] = [];
  simulation.begin(seed, index);
  for (let state = 'full'; state !== 'over';) {
    const batch = createStepBatch(capacity, simulation.observationWidth);
    do {
      state = simulation.fill(batch, capacity);
      if (state === 'waiting') await simulation.pending();
    } while (state === 'waiting');
    all.push(rowsOf(batch));
  }
  const keys = Object.keys(all[0]!) as (keyof Rows)[];
  return Object.fromEntries(keys.map((key) => [key, all.flatMap((rows) => rows[key])])) as Rows;
}

/** Frames in memory of which only `room` are resident at a time; frame f holds `value(f, y, x)`. */
export class MemoryFrames implements MovieFrames {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  metadata: MovieMetadata = { fps: null, pixel_to_grid: null, origin: null, extent: null };
  loads = 0;
  private readonly room: number;
  private readonly value: (frame: number, y: number, x: number) => number;
  private readonly resident = new Map<number, Float32Array>();

  constructor(
    [count, height, width]: [number, number, number],
    value: (frame: number, y: number, x: number) => number,
    room = Infinity,
  ) {
    this.count = count;
    this.height = height;
    this.width = width;
    this.value = value;
    this.room = room;
  }

  at(frame: number): Float32Array | null {
    return this.resident.get(frame) ?? null;
  }

  async load(frame: number): Promise<void> {
    await Promise.resolve();
    this.loads++;
    const { width } = this;
    const cells = Array.from({ length: this.height * width }, (_, i) =>
      this.value(frame, Math.floor(i / width), i % width),
    );
    this.resident.set(frame, Float32Array.from(cells));
    const oldest = this.resident.keys().next().value;
    if (this.resident.size > this.room && oldest !== undefined) this.resident.delete(oldest);
  }
}
