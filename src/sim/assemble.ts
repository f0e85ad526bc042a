import { CaptureError } from '../core/errors.js';
import type { MovieFrames } from '../core/ports.js';
import type { ActionModel } from './actions/action-model.js';
import { actionModels } from './actions/index.js';
import type { EnvConfig, MovieConfig, PolicyConfig } from './config.js';
import { Environment } from './environment.js';
import { Episode } from './episode.js';
import { ExtraColumns } from './extra-columns.js';
import type { FieldInputs } from './fields/field.js';
import { fields } from './fields/index.js';
import { policies } from './policies/index.js';
import type { PolicyFactory } from './policies/module.js';
import { rewards } from './rewards/index.js';
import { sensors } from './sensors/index.js';
import type { Sensor } from './sensors/sensor.js';
import { resolveSetting, type Setting } from './setting.js';
import { createWind } from './wind/index.js';

export interface SimulationInputs {
  env: EnvConfig;
  policy: PolicyConfig;
  movie: MovieConfig;
  /** The movie's frames when `env.plume` is `movie`. */
  frames: MovieFrames | null;
  /** Scripted actions: a list an episode, or a single list for every episode. */
  actions: readonly (readonly number[])[] | null;
  /** What the module makes policies with that `policy.module` names. */
  factory: PolicyFactory | null;
}

export interface Assembly {
  setting: Setting;
  episode: Episode;
  extra: ExtraColumns;
}

/** Builds what a configuration names, or says why it cannot be. */
export function assemble(inputs: SimulationInputs): Assembly {
  const { env, policy, movie, frames } = inputs;
  const plume = fields.get(env.plume);
  const fieldInputs: FieldInputs = { gridSize: env.grid_size, sigma: env.plume_sigma, movie, frames };
  const gridSize = plume.gridSize(fieldInputs);
  const setting = resolveSetting(env, gridSize);
  const actions = actionModels.get(env.action_type)(env.step_size);
  const wind = createWind(env.wind);
  const sensor = sensors.get(env.observation_type)({ wind, windNoise: env.wind.noise_std });

  const variant = policies.get(policy.name);
  if (variant.followsOdour) checkOdourPolicy(inputs, actions, sensor);
  const { name: _, ...parameters } = policy;
  const chooser = variant.create(parameters, {
    actionCount: actions.count,
    observationWidth: sensor.width,
    actions: inputs.actions,
    factory: inputs.factory,
  });

  const field = plume.create(fieldInputs, gridSize, setting.sourceX, setting.sourceY);
  const reward = rewards.get(env.reward_type);
  const environment = new Environment({ setting, field, actions, sensor, reward });
  return {
    setting,
    episode: new Episode(environment, chooser, setting.maxSteps),
    extra: new ExtraColumns({ agent: environment.agent, field, wind }),
  };
}

/** A policy that turns towards odour must be able to, and must know which value is odour. */
function checkOdourPolicy({ env, policy }: SimulationInputs, actions: ActionModel, sensor: Sensor): void {
  if (!actions.turns) {
    throw new CaptureError(
      'config',
      `policy '${policy.name}' goes forward and turns, which env.action_type '${env.action_type}' cannot`,
      { hint: 'set env.action_type=oriented' },
    );
  }
  if (!sensor.odour) {
    throw new CaptureError(
      'config',
      `policy '${policy.name}' reads a concentration, which env.observation_type '${env.observation_type}' is not`,
      { hint: 'set env.observation_type=concentration' },
    );
  }
  const index = 'sensor_index' in policy ? policy.sensor_index : null;
  if (index === null && sensor.width > 1) {
    throw new CaptureError(
      'config',
      `policy.sensor_index is required with env.observation_type '${env.observation_type}'`,
      { hint: `choose one of its ${sensor.width} sensors, 0 to ${sensor.width - 1}` },
    );
  }
  if (index !== null && index >= sensor.width) {
    throw new CaptureError('config', `policy.sensor_index ${index} is not a sensor`, {
      hint: `env.observation_type '${env.observation_type}' has sensors 0 to ${sensor.width - 1}`,
    });
  }
}
