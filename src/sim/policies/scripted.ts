import { z } from 'zod';
import { CaptureError } from '../../core/errors.js';
import { definePolicy, type Policy } from './policy.js';

type Actions = readonly (readonly number[])[];

const parameters = z.strictObject({
  actions_file: z
    .string()
    .min(1)
    .describe('JSON file of actions: a list for every episode, or a list of lists, one an episode.'),
});

/** Plays recorded actions; an episode is truncated when its list ends before it does. */
class Scripted implements Policy {
  maxSteps = 0;
  private readonly file: string;
  private readonly actions: Actions;
  private current: readonly number[] = [];
  private next = 0;

  constructor(file: string, actions: Actions) {
    this.file = file;
    this.actions = actions;
  }

  reset(_seed: number, episodeIndex: number): void {
    const { actions } = this;
    const list = actions.length === 1 ? actions[0] : actions[episodeIndex];
    if (list === undefined) {
      throw new CaptureError(
        'input',
        `'${this.file}' has actions for ${actions.length} episodes, none for episode ${episodeIndex + 1}`,
        { hint: 'ask for fewer episodes, or give a single list, which every episode plays' },
      );
    }
    this.current = list;
    this.next = 0;
    this.maxSteps = list.length;
  }

  choose(): number {
    return this.current[this.next++]!;
  }
}

function checkActions(file: string, actions: Actions, count: number): void {
  if (actions.length === 0) throw new CaptureError('input', `'${file}' has no actions`);
  actions.forEach((list, episode) => {
    if (list.length === 0) {
      throw new CaptureError('input', `'${file}' has no actions for episode ${episode + 1}`);
    }
    const wrong = list.findIndex((action) => !(action >= 0 && action < count));
    if (wrong >= 0) {
      throw new CaptureError(
        'input',
        `'${file}', episode ${episode + 1}: action ${list[wrong]} at index ${wrong} is not one of 0 to ${count - 1}`,
        { hint: 'see env.action_type' },
      );
    }
  });
}

export const scripted = definePolicy({
  parameters,
  followsOdour: false,
  create({ actions_file: file }, { actions, actionCount }) {
    if (actions === null) throw new Error(`the actions of '${file}' were not handed to the simulation`);
    checkActions(file, actions, actionCount);
    return new Scripted(file, actions);
  },
});

/**
 * Actions from an actions file's JSON value: `[0, 1, 2]` for every episode, or `[[0, 1], [2]]`, a list an episode.
 *
 * @param file the file's name, for messages
 */
export function parseActions(json: unknown, file: string): number[][] {
  const lists: unknown[] = Array.isArray(json) && Array.isArray(json[0]) ? json : [json];
  return lists.map((list, episode) => {
    if (!Array.isArray(list)) throw malformed(file, `${JSON.stringify(list)} for episode ${episode + 1}`);
    const wrong = list.findIndex((action) => !Number.isSafeInteger(action));
    if (wrong >= 0) {
      throw malformed(file, `${JSON.stringify(list[wrong])} in episode ${episode + 1} at index ${wrong}`);
    }
    return list as number[];
  });
}

function malformed(file: string, what: string): CaptureError {
  return new CaptureError('input', `'${file}' is not a list of actions: found ${what}`, {
    hint: 'give integers, [0, 1, 2], or a list of such lists, one an episode',
  });
}
