import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { envSchema, movieSchema, policySchema } from '../../src/sim/config.js';
import { policies } from '../../src/sim/policies/index.js';
import { typed } from './support.js';

const messages = (schema: z.ZodType, value: unknown): string[] =>
  schema.safeParse(typed(value)).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
  [];

it('an empty config is the contract’s defaults, and the action and reward of plume_nav_sim’s capture', () => {
  expect(envSchema.parse({})).toEqual({
    grid_size: null,
    max_steps: 1000,
    goal_radius: 5,
    source_location: null,
    start_location: null,
    action_type: 'oriented',
    observation_type: 'concentration',
    reward_type: 'step_penalty',
    step_size: 1,
    plume: 'static',
    plume_sigma: 20,
    wind: { enabled: false, direction_deg: 0, speed: 1, vector: null, noise_std: 0 },
  });
  expect(movieSchema.parse({})).toEqual({
    path: null,
    step_policy: 'wrap',
    fps: null,
    pixel_to_grid: null,
    origin: null,
    extent: null,
  });
});

const odour = { explore: true, threshold: 1e-6, sensor_index: null };
const derivative = { ...odour, eps: 0.05, eps_after_turn: 0, eps_greedy_forward_bias: 0 };

it.each([
  ['random', {}],
  ['temporal_derivative', { ...derivative, uniform_random_on_non_increase: false }],
  ['stochastic_td', { ...derivative, uniform_random_on_non_increase: false }],
  ['greedy_td', { ...derivative, eps: 0, uniform_random_on_non_increase: true }],
  ['temporal_derivative_deterministic', { ...odour, cast_right_first: true, alternate_cast: true }],
  ['deterministic_td', { ...odour, cast_right_first: true, alternate_cast: true }],
  ['surge_and_cast', { ...odour, cast_mode: 'random_turn', persistence: 1 }],
])('defaults of policy %s', (name, parameters) => {
  expect(policySchema.parse({ name })).toEqual({ name, ...parameters });
});

it('scripted needs its file', () => {
  expect(messages(policySchema, { name: 'scripted' })).toHaveLength(1);
  expect(policies.has('scripted')).toBe(true);
});

describe('refuses', () => {
  const schemas = { env: envSchema, movie: movieSchema, policy: policySchema };

  it.each<[keyof typeof schemas, unknown, RegExp]>([
    ['env', { grid_sise: [3, 3] }, /grid_sise/],
    ['env', { wind: { gusts: true } }, /^wind: .*gusts/],
    ['env', { grid_size: [0, 3] }, /^grid_size\.0: expected an integer >= 1/],
    ['env', { grid_size: [3] }, /^grid_size/],
    ['env', { max_steps: 0 }, /^max_steps: expected an integer >= 1/],
    ['env', { max_steps: 1.5 }, /^max_steps: expected an integer/],
    ['env', { goal_radius: -1 }, /^goal_radius: expected a number >= 0/],
    ['env', { plume_sigma: 0 }, /^plume_sigma: expected a number > 0/],
    ['env', { wind: { noise_std: -0.5 } }, /^wind\.noise_std/],
    ['env', { action_type: 'orientd' }, /unknown action_type 'orientd', did you mean 'oriented'\?/],
    ['env', { plume: 'smoke' }, /unknown plume 'smoke', valid: static, movie/],
    ['movie', { fps: 0 }, /^fps/],
    ['movie', { step_policy: 'loop' }, /^step_policy/],
    [
      'policy',
      { name: 'surge_and_kast' },
      /unknown policy 'surge_and_kast', did you mean 'surge_and_cast'\?/,
    ],
    ['env', { action_type: 3 }, /action_type must be a name, valid: discrete/],
    ['policy', {}, /no policy is given, valid: random/],
    ['policy', { name: 'random', eps: 0.1 }, /eps/],
    ['policy', { name: 'temporal_derivative', eps: 1.5 }, /^eps/],
    ['policy', { name: 'surge_and_cast', persistence: -1 }, /^persistence/],
  ])('%s %j', (part, value, message) => {
    expect(messages(schemas[part], value).join('\n')).toMatch(message);
  });
});

it('every key says what it is, with defaults, in JSON Schema', () => {
  const undescribed: string[] = [];
  const visit = (node: Record<string, unknown>, path: string): void => {
    const properties = (node['properties'] ?? {}) as Record<string, Record<string, unknown>>;
    for (const [key, property] of Object.entries(properties)) {
      if (typeof property['description'] !== 'string') undescribed.push(`${path}${key}`);
      visit(property, `${path}${key}.`);
    }
    for (const option of (node['oneOf'] ?? node['anyOf'] ?? []) as Record<string, unknown>[]) {
      visit(option, path);
    }
  };
  for (const schema of [envSchema, movieSchema, policySchema]) {
    visit(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '');
  }
  expect(undescribed).toEqual([]);
});
