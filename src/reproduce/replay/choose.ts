import { CaptureError } from '../../core/errors.js';
import { actionModels } from '../../sim/actions/index.js';
import { rewards } from '../../sim/rewards/index.js';
import { outsideRun, type Replay } from '../result.js';
import { readRun, type RunRecords } from '../run-records.js';
import { createCandidate, type Compared } from './candidate.js';
import type { ReplaySetting } from './replayed.js';
import { Trial } from './trial.js';

/** What is sensed of the plume; no run.json says which wind there was. */
const SENSORS = ['concentration', 'antennae'];

/** What a choice is made with. */
export interface ChoiceOptions {
  setting: ReplaySetting;
  episode: number | null;
  signal: AbortSignal;
}

/**
 * The environments that give the first episodes of a run as they are recorded, found one property after the other:
 * where the actions lead, what they earn, what is sensed there. More than one when the episodes do not tell.
 *
 * @throws CaptureError `input` when no environment of ours does
 */
export async function chooseReplays(records: RunRecords, options: ChoiceOptions): Promise<Replay[]> {
  const { path } = records.directory;
  const first = { reward_type: 'step_penalty', observation_type: 'concentration' };
  const moving = await best(
    records,
    options,
    actionModels.names.map((action_type) => ({ action_type, ...first })),
    { rewards: false, observations: false },
  );
  if (moving.fit.length === 0) {
    throw cannotReplay(
      path,
      `with none of the action types ${actionModels.names.join(', ')} do its actions lead where it says`,
      moving.nearest,
    );
  }
  const earning = await best(
    records,
    options,
    moving.fit.flatMap((replay) => rewards.names.map((reward_type) => ({ ...replay, reward_type }))),
    { rewards: true, observations: false },
  );
  if (earning.fit.length === 0) {
    throw cannotReplay(path, `its reward is none of ${rewards.names.join(', ')}`, earning.nearest);
  }
  const sensing = await best(
    records,
    options,
    earning.fit.flatMap((replay) => SENSORS.map((observation_type) => ({ ...replay, observation_type }))),
    { rewards: true, observations: true },
  );
  if (sensing.fit.length > 0) return sensing.fit;
  return earning.fit.map((replay) => ({ ...replay, observation_type: null }));
}

async function best(
  records: RunRecords,
  { setting, episode, signal }: ChoiceOptions,
  replays: readonly Replay[],
  compared: Compared,
): Promise<{ fit: Replay[]; nearest: ReturnType<Trial['nearest']> }> {
  const first = episode ?? 1;
  const candidates = replays.map((replay) =>
    createCandidate(records.streams, setting, replay, first, compared),
  );
  const trial = new Trial(candidates, first);
  await readRun(records, trial, { episode, signal });
  const { path } = records.directory;
  if (trial.empty && episode !== null) throw outsideRun(path, episode, null);
  if (trial.empty) throw new CaptureError('input', `${path} has no records`);
  return { fit: trial.best(), nearest: trial.nearest() };
}

function cannotReplay(path: string, why: string, nearest: ReturnType<Trial['nearest']>): CaptureError {
  const at =
    nearest === null ? '' : `; ${nearest.replay.action_type} comes nearest: ${nearest.difference.message}`;
  return new CaptureError('input', `${path} cannot be replayed: ${why}${at}`, {
    hint: 'its run.json says neither; a start, a step size or noise that was set is not known either',
  });
}
