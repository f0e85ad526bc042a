import { loadLibrary } from '../../../backends/hdf5/library.js';
import { CaptureError } from '../../../core/errors.js';
import { ioError } from '../../../io/io-error.js';
import { makeBooleans } from './booleans.js';
import type { EpisodeBuffer } from './episode-buffer.js';
import { GroupFile } from './group-file.js';

/** What the metadata says of all episodes. */
export interface DatasetFacts {
  episodes: number;
  steps: number;
  /** Values of an observation; null before the first episode. */
  width: number | null;
  largestAction: number;
}

/** `main_data.hdf5`: a group an episode, `episode_0` on, a dataset a column, and attributes for what Minari calls its metadata. */
export class DatasetFile {
  readonly facts: DatasetFacts = { episodes: 0, steps: 0, width: null, largestAction: 0 };
  private readonly file: GroupFile;
  private readonly path: string;

  private constructor(file: GroupFile, path: string) {
    this.file = file;
    this.path = path;
  }

  /** @param level of gzip; null for no compression */
  static async create(path: string, level: number | null): Promise<DatasetFile> {
    try {
      const file = new GroupFile(await loadLibrary(), path, level);
      return new DatasetFile(file, path);
    } catch (error) {
      throw ioError(`cannot create ${path}`, error);
    }
  }

  add(episode: EpisodeBuffer): void {
    const { facts } = this;
    facts.width ??= episode.width;
    if (episode.width !== facts.width) {
      throw new CaptureError(
        'input',
        `${episode.id} has observations of ${episode.width} values, others of ${facts.width}`,
        { hint: 'all observations of a Minari dataset have one shape; export it as jsonl or parquet' },
      );
    }
    this.writing(() => this.write(episode, `episode_${facts.episodes}`));
    facts.episodes++;
    facts.steps += episode.rows;
    facts.largestAction = Math.max(facts.largestAction, episode.largestAction);
  }

  /** Ends the file; it is no dataset of Minari before. */
  async finish(): Promise<void> {
    this.close();
    await makeBooleans(this.path, this.file.booleans).catch((error: unknown) => {
      throw ioError(`cannot write ${this.path}`, error);
    });
  }

  /** Lets go of it as it stands. Idempotent. */
  close(): void {
    this.writing(() => this.file.close());
  }

  private write(episode: EpisodeBuffer, group: string): void {
    const { file } = this;
    const { rows, width } = episode;
    file.group(group);
    file.attribute(group, 'id', 'int', this.facts.episodes);
    file.attribute(group, 'seed', 'int', episode.seed);
    file.attribute(group, 'total_steps', 'int', rows);
    if (episode.totalReward !== null) file.attribute(group, 'total_reward', 'float', episode.totalReward);
    file.text(group, 'episode_id', episode.id);
    file.text(group, 'run_id', episode.runId);

    const { actions, rewards, terminations, truncations } = episode.columns();
    const observations = { width, values: episode.observations() };
    file.dataset(`${group}/observations`, 'floats', observations, rows + 1);
    file.dataset(`${group}/actions`, 'int', actions, rows);
    file.dataset(`${group}/rewards`, 'float', rewards, rows);
    file.dataset(`${group}/terminations`, 'bool', terminations, rows);
    file.dataset(`${group}/truncations`, 'bool', truncations, rows);
    // Minari makes the group always, and prints no episode without
    file.group(`${group}/infos`);
    for (const [name, values] of episode.infos()) {
      file.dataset(`${group}/infos/${name}`, 'float', values, rows + 1);
    }
  }

  private writing(act: () => void): void {
    try {
      act();
    } catch (error) {
      throw ioError(`cannot write ${this.path}`, error);
    }
  }
}
