import { CaptureError } from '../core/errors.js';
import { systemClock } from '../io/clock.js';
import { diskSpace } from '../io/disk-space.js';
import { StorageWatch } from '../record/storage-watch.js';
import type { CaptureTask } from './capture-task.js';
import type { Interruption } from './interruption.js';
import { shellWord } from './shell-word.js';
import { largeText, lowText, statisticsText, tooFullText, unreadText } from './storage-messages.js';
import { printable } from './ui.js';

export interface StorageOptions {
  /** Prints a line to stderr. */
  say: (line: string) => void;
  /** Ended when there is too little room. */
  interruption: Pick<Interruption, 'end'>;
  /** Episodes there will be. */
  total: number;
  /** Command that goes on with what was ended; null for the one that resumes the run. */
  goOn: string | null;
}

/** A watch that says in words what it sees. */
export interface StorageHealth extends Pick<StorageWatch, 'update' | 'endRun' | 'end' | 'stop'> {
  /** @throws CaptureError `io` when there is too little room to begin */
  begin(directory: string, episodes?: number): void;
}

/** Watches the storage of a capture while it is recorded, or of several into one folder. */
export function watchStorage(
  output: string,
  config: CaptureTask['storage'],
  { say, interruption, total, goOn }: StorageOptions,
): StorageHealth {
  const { disk_free_threshold: low, max_gb: most, stop_below_free: least } = config;
  const warn = (text: string): void => say(`warning: ${text}`);
  let resume = '';
  const watch = new StorageWatch(output, config, {
    clock: systemClock,
    diskSpace,
    onLow: (space) => warn(lowText(space, output, low)),
    onLarge: (over, results) => warn(largeText(over, results, output, most!)),
    onNoSpace: (message) => warn(`${printable(message)}; it is not watched`),
    onUnread: (measured) => warn(unreadText(measured)),
    onStatistics: (statistics) => say(statisticsText(statistics)),
    onStop: (space) =>
      interruption.end(
        new CaptureError('io', `${tooFullText(space, output, least!)}: recording was ended in order`, {
          hint: `make room, then go on with ${goOn ?? resume}`,
        }),
      ),
  });
  return {
    begin(directory, episodes) {
      resume = `plume-nav-capture resume ${shellWord(directory)}`;
      const space = watch.begin(directory, episodes);
      if (space === null) return;
      throw new CaptureError('io', `${tooFullText(space, output, least!)}: nothing was recorded`, {
        hint: 'make room, and run the command again',
      });
    },
    update(episodes) {
      // the last word is that of `end`
      if (episodes < total) watch.update(episodes);
    },
    endRun: (directory) => watch.endRun(directory),
    end: (episodes) => watch.end(episodes),
    stop: () => watch.stop(),
  };
}
