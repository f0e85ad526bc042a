import { describe } from 'vitest';
import { actionModels } from '../../src/sim/actions/index.js';
import { fields } from '../../src/sim/fields/index.js';
import { policies } from '../../src/sim/policies/index.js';
import { rewards } from '../../src/sim/rewards/index.js';
import { sensors } from '../../src/sim/sensors/index.js';
import { actionModelContract } from '../contracts/action-model.js';
import { fieldContract } from '../contracts/field.js';
import { policyContract } from '../contracts/policy.js';
import { rewardContract } from '../contracts/reward.js';
import { sensorContract } from '../contracts/sensor.js';
import { inputsOf, MemoryFrames } from './support.js';

/** What a policy cannot do without. */
const REQUIRED: Readonly<Record<string, object>> = {
  scripted: { actions_file: 'a.json' },
  module: { module: './mine.js' },
};

describe.each(policies.names)('policy %s', (name) => {
  policyContract(policies.get(name), REQUIRED[name] ?? {}, {
    actionCount: 3,
    observationWidth: 1,
    actions: [[0, 1, 2, 2, 1, 0, 0]],
    factory: ({ actionCount, rng }) => ({ reset: () => {}, choose: () => rng.integers(0, actionCount) }),
  });
});

describe.each(fields.names)('field %s', (name) => {
  const variant = fields.get(name);
  const { movie } = inputsOf({});
  fieldContract(() => {
    const frames = new MemoryFrames([4, 6, 7], (frame, y, x) => (frame * 42 + y * 7 + x) / 168, 2);
    const inputs = { gridSize: [7, 6] as const, sigma: 3, movie, frames };
    return variant.create(inputs, variant.gridSize(inputs), 3, 2);
  });
});

describe.each(actionModels.names)('actions %s', (name) => actionModelContract(actionModels.get(name)));
describe.each(sensors.names)('sensor %s', (name) => sensorContract(sensors.get(name)));
describe.each(rewards.names)('reward %s', (name) => rewardContract(rewards.get(name)));
