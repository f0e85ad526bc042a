import { MAX_LIST_WIDTH } from '../backends/row-batch.js';
import type { StepBatch } from '../core/batch.js';
import { suggest } from '../core/nearest.js';
import { EXTRA_COLUMN_NAMES, EXTRA_COLUMNS, type Recording } from '../core/streams.js';
import type { CheckedOptions } from './recorder-options.js';
import { isMapping, shown } from './shown.js';
import {
  atLeastZero,
  badStep,
  BASE_FIELDS,
  flagOf,
  integerOf,
  listOf,
  numberOf,
  pairOf,
  type StepData,
} from './step-data.js';

const FIELDS = [...BASE_FIELDS, ...EXTRA_COLUMN_NAMES];

/**
 * A step, read and checked as a whole before any of it is written, so that one that is refused has no effect. One
 * reader serves all steps of a recorder.
 */
export class StepReader {
  step = 0;
  x = 0;
  y = 0;
  reward = 0;
  distance = 0;
  terminated = false;
  truncated = false;
  /** Values of the observation. */
  width = 0;
  private action = 0;
  private timestamp: number | undefined;
  private observation: ArrayLike<number> = [];
  private readonly recording: Recording;
  private readonly goal: Pick<CheckedOptions['environment'], 'source' | 'goalRadius'>;
  private readonly fields: ReadonlySet<string>;
  /** Flat names of the extra columns, and the step's values of them. */
  private readonly extraNames: readonly string[];
  private readonly extra: Float64Array;

  constructor(recording: Recording, goal: Pick<CheckedOptions['environment'], 'source' | 'goalRadius'>) {
    this.recording = recording;
    this.goal = goal;
    this.fields = new Set([...BASE_FIELDS, ...recording.columns]);
    this.extraNames = recording.columns.flatMap((name) => EXTRA_COLUMNS[name].map((column) => column.name));
    this.extra = new Float64Array(this.extraNames.length);
  }

  /**
   * @param step number in its episode, from 1
   * @param width values in the observations before; null for the first
   * @throws CaptureError `input` for a step that cannot be recorded
   */
  read(step: number, data: StepData, width: number | null): void {
    if (!isMapping(data)) throw badStep(step, `it is ${shown(data)}, expected its fields`);
    for (const name in data) if (!this.fields.has(name)) this.refuseField(step, name, data);
    this.step = step;
    this.readObservation(step, data, width);
    const position = pairOf(step, 'position', data.position);
    this.x = integerOf(step, 'position[0]', position[0]);
    this.y = integerOf(step, 'position[1]', position[1]);
    if (!this.recording.omitted.includes('action')) this.action = integerOf(step, 'action', data.action);
    // total_reward is made of it, also where the step's own is left out
    this.reward = numberOf(step, 'reward', data.reward);
    this.timestamp = data.timestamp === undefined ? undefined : numberOf(step, 'timestamp', data.timestamp);
    this.readEnd(step, data);
    this.readExtra(step, data);
  }

  /** Writes the step into a row. @param now seconds since the epoch, of a step that does not say */
  write({ columns }: StepBatch, row: number, now: () => number): void {
    columns.step[row] = this.step;
    columns.agent_x[row] = this.x;
    columns.agent_y[row] = this.y;
    if (columns.action !== null) columns.action[row] = this.action;
    if (columns.reward !== null) columns.reward[row] = this.reward;
    columns.ts[row] = this.timestamp ?? now();
    columns.terminated[row] = this.terminated ? 1 : 0;
    columns.truncated[row] = this.truncated ? 1 : 0;
    columns.distance_to_goal[row] = this.distance;
    const { width, observation, extraNames } = this;
    if (columns.observation_summary !== null) {
      const { values } = columns.observation_summary;
      for (let i = 0; i < width; i++) values[row * width + i] = observation[i]! + 0;
    }
    const extra = columns as unknown as Record<string, Float64Array>;
    for (let i = 0; i < extraNames.length; i++) extra[extraNames[i]!]![row] = this.extra[i]!;
  }

  private readObservation(
    step: number,
    { observation, concentration }: StepData,
    width: number | null,
  ): void {
    const list = observation ?? (concentration === undefined ? [] : [concentration]);
    const values = listOf(step, 'observation', list, 'a list of numbers');
    if (width !== null && values.length !== width) {
      throw badStep(
        step,
        `observation has ${values.length} values, expected ${width} as in the steps before`,
      );
    }
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i])) numberOf(step, `observation[${i}]`, values[i]);
    }
    this.observation = values as ArrayLike<number>;
    if (values.length > MAX_LIST_WIDTH) {
      throw badStep(
        step,
        `observation has ${values.length} values, and a record may have ${MAX_LIST_WIDTH} at most`,
      );
    }
    this.width = values.length;
  }

  private readEnd(step: number, data: StepData): void {
    const { source, goalRadius } = this.goal;
    this.distance =
      data.distance_to_goal === undefined
        ? Math.sqrt((this.x - source[0]) ** 2 + (this.y - source[1]) ** 2)
        : atLeastZero(step, 'distance_to_goal', data.distance_to_goal);
    const terminated = flagOf(step, 'terminated', data.terminated);
    const truncated = flagOf(step, 'truncated', data.truncated);
    const done =
      flagOf(step, 'done', data.done) === true && terminated === undefined && truncated === undefined;
    this.terminated = terminated ?? (done && this.distance <= goalRadius);
    this.truncated = truncated ?? (done && this.distance > goalRadius);
  }

  private readExtra(step: number, data: StepData): void {
    let at = 0;
    for (const name of this.recording.columns) {
      const value = data[name];
      if (value === undefined) {
        throw badStep(step, `${name} is missing`, 'record.columns asks for it: give it with every step');
      }
      if (name === 'orientation') this.extra[at++] = atLeastZero(step, name, value, 360);
      else if (name === 'concentration') this.extra[at++] = atLeastZero(step, name, value);
      else if (name === 'agent_id') this.extra[at++] = atLeastZero(step, name, integerOf(step, name, value));
      else {
        const pair = pairOf(step, name, value);
        this.extra[at++] = numberOf(step, `${name}[0]`, pair[0]);
        this.extra[at++] = numberOf(step, `${name}[1]`, pair[1]);
      }
    }
  }

  /** Refuses what no column would hold. */
  private refuseField(step: number, name: string, data: StepData): void {
    if (!FIELDS.includes(name)) {
      throw badStep(step, `'${name}' is no field of a step, ${suggest(name, FIELDS)}`);
    }
    if (data[name as keyof StepData] === undefined) return;
    // alone, it is the observation
    if (name === 'concentration' && data.observation === undefined) return;
    throw badStep(step, `${name} would not be recorded`, `add it to record.columns, or leave it out`);
  }
}
