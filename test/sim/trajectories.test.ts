import { describe, expect, it } from 'vitest';
import { createStepBatch } from '../../src/core/batch.js';
import type { Simulation } from '../../src/sim/simulation.js';
import { assembleOf, golden, playing, simulationOf, type PlainConfig } from './support.js';

type Step = [
  action: number,
  x: number,
  y: number,
  headingDeg: number,
  observation: number[],
  reward: number,
  terminated: boolean,
  truncated: boolean,
  distance: number,
];

interface Case {
  config: Record<string, unknown>;
  seed: number;
  goal: [number, number];
  goal_radius: number;
  reset: { xy: [number, number]; obs: number[] };
  total_reward: number;
  steps: Step[];
  policy?: { name: string; kwargs: Record<string, unknown>; explore?: boolean };
}

/** plume_nav_sim's keyword arguments as our `env`. */
function envOf({ goal_location, ...rest }: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(rest);
  const wind = entries.filter(([key]) => key.startsWith('wind_'));
  return {
    ...Object.fromEntries(entries.filter(([key]) => !key.startsWith('wind_'))),
    ...(goal_location === undefined ? {} : { source_location: goal_location }),
    wind: {
      enabled: wind.length > 0,
      ...Object.fromEntries(wind.map(([key, value]) => [key.slice('wind_'.length), value])),
    },
  };
}

/** 1e-6 relative or 1e-7 absolute: float32 exponentials differ in their last bit. */
function expectObservation(actual: readonly number[], expected: readonly number[], where: string): void {
  expect(actual.length, where).toBe(expected.length);
  expected.forEach((value, i) => {
    const error = Math.abs(actual[i]! - value);
    expect(error <= Math.max(1e-7, 1e-6 * Math.abs(value)), `${where}: ${actual[i]} for ${value}`).toBe(true);
  });
}

function expectEpisode(simulation: Simulation, { seed, steps, total_reward }: Case): void {
  const width = simulation.observationWidth;
  const batch = createStepBatch(steps.length, width);
  const { columns } = batch;
  simulation.begin(seed, 0);
  steps.forEach(([action, x, y, headingDeg, observation, reward, terminated, truncated, distance], i) => {
    const where = `step ${i + 1}`;
    const last = i === steps.length - 1;
    expect(simulation.fill(batch, i + 1), where).toBe(last ? 'over' : 'full');
    expect(columns.step[i], where).toBe(i + 1);
    expect(columns.action![i], where).toBe(action);
    expect([columns.agent_x[i], columns.agent_y[i]], where).toEqual([x, y]);
    expect(simulation.headingDeg, where).toBe(headingDeg);
    expect(columns.reward![i], where).toBe(reward);
    expect([columns.terminated[i], columns.truncated[i]], where).toEqual([+terminated, +truncated]);
    expect(Math.abs(columns.distance_to_goal[i]! - distance), where).toBeLessThanOrEqual(1e-12);
    expect(columns.seed[i], where).toBe(seed);
    const sensed = columns.observation_summary!.values.subarray(i * width, (i + 1) * width);
    expectObservation([...sensed], observation, where);
  });
  const [, finalX, finalY, , , , terminated, truncated] = steps.at(-1)!;
  expect(simulation.summary()).toMatchObject({
    totalSteps: steps.length,
    totalReward: total_reward,
    finalX,
    finalY,
    terminated,
    truncated,
    finalDistance: columns.distance_to_goal[steps.length - 1],
  });
}

function expectStart(config: PlainConfig, { seed, reset }: Case): void {
  const { environment } = assembleOf(config).episode;
  environment.reset(seed);
  expect([environment.agent.x, environment.agent.y]).toEqual(reset.xy);
  expectObservation([...environment.observation], reset.obs, 'reset');
}

const title = ({ config, seed, policy }: Case): string =>
  `${policy?.name ?? ''} ${JSON.stringify(policy?.kwargs ?? {})} ${JSON.stringify(config)} seed ${seed}`;

function checkCase(config: PlainConfig, theCase: Case): void {
  const simulation = simulationOf(config);
  expect([simulation.sourceX, simulation.sourceY]).toEqual(theCase.goal);
  expect(simulation.goalRadius).toBe(theCase.goal_radius);
  expectStart(config, theCase);
  expectEpisode(simulation, theCase);
}

describe('plume_nav_sim trajectories, actions replayed', () => {
  const { cases } = golden('trajectories') as { cases: Case[] };
  expect(cases.length).toBeGreaterThan(0);
  it.each(cases.map((theCase) => [title(theCase), theCase] as const))('%s', (_title, theCase) => {
    const actions = theCase.steps.map(([action]) => action);
    checkCase(playing(envOf(theCase.config), actions), theCase);
  });
});

describe('plume_nav_sim trajectories, the policy chooses', () => {
  const { cases } = golden('policies') as { cases: Case[] };
  expect(cases.length).toBeGreaterThan(0);
  it.each(cases.map((theCase) => [title(theCase), theCase] as const))('%s', (_title, theCase) => {
    const { name, kwargs, explore } = theCase.policy!;
    const policy = { name, ...kwargs, ...(explore === undefined ? {} : { explore }) };
    checkCase({ env: envOf(theCase.config), policy }, theCase);
  });
});
