import type { StepBatch } from '../core/batch.js';
import { CaptureError } from '../core/errors.js';
import { suggest } from '../core/nearest.js';
import type { ExtraColumn } from '../core/streams.js';

type Pair = readonly [x: number, y: number];

/** One step of an episode, after it was taken. Lengths in cells, angles in degrees. */
export interface StepData {
  /** The agent's cell. */
  position: Pair;
  action: number;
  reward: number;
  /** The agent reached the source; without it and `truncated`, `done` decides by the goal radius. */
  terminated?: boolean;
  /** The episode ended for another reason, the step limit say. */
  truncated?: boolean;
  /** Whether the episode is over. */
  done?: boolean;
  /** What the agent sensed; as long in every step. Without it, [concentration]. */
  observation?: readonly number[];
  /** Distance to the source; without it, that of the position. */
  distance_to_goal?: number;
  /** Seconds since the epoch; without it, now. */
  timestamp?: number;
  /** Extra columns, those that `record.columns` names: all of them in every step. */
  orientation?: number;
  velocity?: Pair;
  concentration?: number;
  gradient?: Pair;
  wind?: Pair;
  agent_id?: number;
}

const FIELDS = [
  ...['position', 'action', 'reward', 'terminated', 'truncated', 'done', 'observation', 'distance_to_goal'],
  ...['timestamp', 'orientation', 'velocity', 'concentration', 'gradient', 'wind', 'agent_id'],
];

const bad = (step: number, message: string, hint?: string): CaptureError =>
  new CaptureError('input', `step ${step}: ${message}`, { hint });

/** The number of a field. */
function numberOf(step: number, name: string, value: unknown, whole: boolean): number {
  if (typeof value === 'number' && (whole ? Number.isSafeInteger(value) : Number.isFinite(value))) {
    return value + 0;
  }
  throw bad(step, `${name} is ${String(value)}, expected ${whole ? 'an integer' : 'a finite number'}`);
}

export function pairOf(step: number, name: string, value: unknown, whole: boolean): [number, number] {
  if (!Array.isArray(value) || value.length !== 2) {
    throw bad(
      step,
      `${name} is ${value === undefined ? 'not given' : JSON.stringify(value)}, expected [x, y]`,
    );
  }
  return [numberOf(step, `${name}[0]`, value[0], whole), numberOf(step, `${name}[1]`, value[1], whole)];
}

/** The whole observation; checked against the width of those before. @param width null for the first */
export function observationOf(step: number, { observation, concentration }: StepData, width: number | null) {
  const values = observation ?? (concentration === undefined ? [] : [concentration]);
  if (width !== null && values.length !== width) {
    throw bad(step, `observation has ${values.length} values, expected ${width} as in the steps before`);
  }
  return values.map((value, i) => numberOf(step, `observation[${i}]`, value, false));
}

/** Refuses what no column would hold. */
export function checkFields(step: number, data: StepData, columns: readonly ExtraColumn[]): void {
  for (const name of Object.keys(data)) {
    if (FIELDS.includes(name)) continue;
    throw bad(step, `'${name}' is no field of a step, ${suggest(name, FIELDS)}`);
  }
  for (const name of columns) {
    if (data[name] === undefined) {
      throw bad(step, `${name} is missing`, 'record.columns asks for it: give it with every step');
    }
  }
  for (const name of ['orientation', 'velocity', 'gradient', 'wind', 'agent_id'] as const) {
    if (data[name] === undefined || columns.includes(name)) continue;
    throw bad(step, `${name} would not be recorded`, `add it to record.columns`);
  }
}

/** Writes the values of a step that are its own into a row. */
export function writeStep(
  batch: StepBatch,
  row: number,
  step: number,
  data: StepData,
  columns: readonly ExtraColumn[],
): void {
  const { columns: c } = batch;
  c.step[row] = step;
  if (c.action !== null) c.action[row] = numberOf(step, 'action', data.action, true);
  if (c.reward !== null) c.reward[row] = numberOf(step, 'reward', data.reward, false);
  [c.agent_x[row], c.agent_y[row]] = pairOf(step, 'position', data.position, true);
  const extra = batch.columns as unknown as Record<string, Float64Array>;
  for (const name of columns) {
    if (name === 'orientation' || name === 'concentration' || name === 'agent_id') {
      extra[name]![row] = numberOf(step, name, data[name], name === 'agent_id');
    } else {
      [extra[`${name}_x`]![row], extra[`${name}_y`]![row]] = pairOf(step, name, data[name], false);
    }
  }
}
