import { resolve } from 'node:path';
import {
  addSizes,
  ARTIFACT_KINDS,
  noSizes,
  totalBytes,
  type ArtifactKind,
  type KindSizes,
} from '../core/artifact-kinds.js';
import { CaptureError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import type { DiskSpace } from '../io/disk-space.js';
import { ResultsWalk, type Measured } from '../io/measure-results.js';
import type { StorageWatchConfig } from './storage-config.js';

/** Most milliseconds that measuring the results may delay the end of a capture that is to tell their size. */
const END_MS = 1000;
/** Least milliseconds between two lines of statistics, as between two of progress; short episodes would fill a log. */
const LINE_EVERY_MS = 5000;
/** Free space counts as no longer low when it is above the threshold by so much: it goes up and down all the time. */
const RECOVERED_BY = 0.01;

export interface StorageStatistics {
  /** Episodes captured so far. */
  episodes: number;
  /** Null when the file system does not tell. */
  space: DiskSpace | null;
  /** Null when they could not be measured in the time there was. */
  results: KindSizes | null;
}

export interface StoragePorts {
  clock: Pick<Clock, 'monotonic'>;
  /** @throws CaptureError where that is not known */
  diskSpace(folder: string): DiskSpace;
  onLow(space: DiskSpace): void;
  /** `over`: what alone takes more than `max_gb`, `results` for all together. */
  onLarge(over: readonly (ArtifactKind | 'results')[], results: KindSizes): void;
  /** Free space could not be measured, for the reason the message gives. */
  onNoSpace(message: string): void;
  /** Folders of results could not be read. */
  onUnread(measured: Measured): void;
  onStatistics(statistics: StorageStatistics): void;
  /** There is less free than `stop_below_free`: recording is to end. */
  onStop(space: DiskSpace): void;
}

/**
 * Watches the room that runs take while they are recorded. What lay in the results before is measured once, in the
 * background; after that only the folders of the runs at work are looked at, a few files each.
 */
export class StorageWatch {
  private readonly output: string;
  private readonly config: StorageWatchConfig;
  private readonly ports: StoragePorts;
  /** Of the results without the runs of this watch. */
  private readonly walk: ResultsWalk;
  private readonly own = new Set<string>();
  private readonly atWork = new Set<string>();
  /** Of the runs of this watch that are through. */
  private readonly settled = noSizes();
  private readonly over = new Set<ArtifactKind | 'results'>();
  private low = false;
  private spaceKnown = true;
  private stopped = false;
  /** Episodes at which storage is looked at next. */
  private nextAt: number | null = null;
  private toldAt = -Infinity;
  /** Whether an interval is over, and whether its line waits for the results to be measured. */
  private looked = false;
  private owing = false;

  /** @param output folder of the results */
  constructor(output: string, config: StorageWatchConfig, ports: StoragePorts) {
    this.output = output;
    this.config = config;
    this.ports = ports;
    this.walk = new ResultsWalk(output, this.own);
  }

  /**
   * A run is about to be recorded.
   * @param directory which holds no more than a lock, or the first `episodes` of the run
   * @returns null, or the free space when there is too little to begin
   */
  begin(directory: string, episodes = 0): DiskSpace | null {
    const first = this.own.size === 0;
    this.own.add(resolve(directory));
    this.atWork.add(directory);
    const space = this.lookAtSpace();
    if (space !== null && this.isTooLittle(space)) return space;
    this.nextAt ??= this.after(episodes);
    if (first) this.walk.start(() => this.lookAtResults());
    return null;
  }

  /** The files of a run will not change any more. */
  endRun(directory: string): void {
    if (this.atWork.delete(directory)) addSizes(this.settled, sizesIn(directory));
  }

  /** To be told often, by batches of records: it costs next to nothing. @param episodes captured so far */
  update(episodes: number): void {
    if (this.nextAt === null) return;
    if (this.config.stop_below_free !== null) this.stopWhenFull();
    const over = episodes >= this.nextAt;
    if (over) {
      this.nextAt = this.after(episodes);
      this.looked = true;
      this.owing = true;
      this.lookAtSpace();
    }
    if (!this.owing || this.walk.measured === null) return;
    if (this.ports.clock.monotonic() - this.toldAt < LINE_EVERY_MS) return;
    this.tell(episodes);
  }

  /** All files are written. @param episodes captured in all */
  end(episodes: number): void {
    if (this.nextAt === null || (!this.looked && episodes < this.nextAt)) return;
    this.lookAtSpace();
    this.walk.stop();
    if (this.walk.measured === null && this.walk.advance(END_MS) !== null) this.lookAtResults();
    this.tell(episodes);
  }

  /** Leaves off, at the end or before. */
  stop(): void {
    this.walk.stop();
  }

  /** What there is now; null as long as it is not known what there was before. */
  results(): KindSizes | null {
    if (this.walk.measured === null) return null;
    const sizes = noSizes();
    addSizes(sizes, this.walk.measured.sizes);
    addSizes(sizes, this.settled);
    for (const directory of this.atWork) addSizes(sizes, sizesIn(directory));
    return sizes;
  }

  private after(episodes: number): number {
    const { stats_interval: interval } = this.config;
    return (Math.floor(episodes / interval) + 1) * interval;
  }

  private tell(episodes: number): void {
    const results = this.results();
    if (results !== null) this.checkSizes(results);
    this.owing = false;
    this.toldAt = this.ports.clock.monotonic();
    this.ports.onStatistics({ episodes, space: this.space(), results });
  }

  private lookAtResults(): void {
    const { measured } = this.walk;
    if (measured !== null && measured.unread > 0) this.ports.onUnread(measured);
    this.checkSizes(this.results()!);
  }

  private checkSizes(results: KindSizes): void {
    const { max_gb: most } = this.config;
    if (most === null) return;
    const bytes = [
      ['results', totalBytes(results)] as const,
      ...ARTIFACT_KINDS.map((kind) => [kind, results[kind].bytes] as const),
    ];
    const more = bytes.filter(([what, size]) => size > most * 1e9 && !this.over.has(what));
    if (more.length === 0) return;
    const over = more.map(([what]) => what);
    for (const what of over) this.over.add(what);
    this.ports.onLarge(over, results);
  }

  private lookAtSpace(): DiskSpace | null {
    const space = this.space();
    if (space === null) return null;
    const { disk_free_threshold: threshold } = this.config;
    if (space.share >= threshold + RECOVERED_BY) this.low = false;
    if (space.share >= threshold || this.low) return space;
    this.low = true;
    this.ports.onLow(space);
    return space;
  }

  private stopWhenFull(): void {
    const space = this.stopped ? null : this.space();
    if (space === null || !this.isTooLittle(space)) return;
    this.stopped = true;
    this.ports.onStop(space);
  }

  private isTooLittle({ share }: DiskSpace): boolean {
    const { stop_below_free: least } = this.config;
    return least !== null && share < least;
  }

  /** Null where it cannot be measured, which is said once. */
  private space(): DiskSpace | null {
    if (!this.spaceKnown) return null;
    try {
      return this.ports.diskSpace(this.output);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.spaceKnown = false;
      this.ports.onNoSpace(error.message);
      return null;
    }
  }
}

const sizesIn = (directory: string): KindSizes => new ResultsWalk(directory).advance(Infinity)!.sizes;
