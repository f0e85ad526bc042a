import { createHash, type Hash } from 'node:crypto';
import type { Batch } from './batch.js';
import { digestColumn, type DigestColumn } from './digest-column.js';
import type { RowObserver } from './ports.js';
import type { RunStreams, StreamSchema } from './streams.js';

/**
 * Content digest, version 1: what a run's records say, whatever wrote them.
 *
 * - run digest = SHA-256 over the 32-byte episode digests in order, as 64 hex digits
 * - episode digest = SHA-256 over the blocks of its `steps` rows, then one block with its `episodes` row
 * - block = up to 4096 consecutive rows counted from the episode's first row: for each column that is not
 *   volatile, in stream order, one tag byte and the values, little-endian:
 *   0 null (no values) · 1 int: int64 a row · 2 float: float64 a row (−0 as 0) · 3 bool: a byte a row ·
 *   4 text: for each run of equal values uint32 rows, uint32 bytes, UTF-8 · 5 floats: uint32 width, float64s row by row
 *
 * It does not depend on how rows are cut into batches: blocks are counted within the episode.
 */
const DIGEST_BLOCK_ROWS = 4096;

const TAGS = { int: 1, float: 2, bool: 3, text: 4, floats: 5 } as const;

/** Rows of one stream gathered into a block's column layout. */
class BlockBuffer {
  rows = 0;
  private readonly columns: readonly { name: string; tag: number; values: DigestColumn }[];
  /** Whether the block has values of a column; its first rows decide. */
  private readonly present: boolean[];
  private bytes = Buffer.alloc(1 << 16);

  constructor(stream: StreamSchema) {
    this.columns = stream.columns
      .filter((column) => column.volatile === undefined)
      .map(({ name, type }) => ({ name, tag: TAGS[type], values: digestColumn(type, DIGEST_BLOCK_ROWS) }));
    this.present = this.columns.map(() => false);
  }

  /** Appends rows [from, to) of a batch; the caller keeps `rows` within a block. */
  append(batch: Batch, from: number, to: number): void {
    this.columns.forEach(({ name, values }, c) => {
      const source = batch.columns[name] ?? null;
      if (this.rows === 0) this.present[c] = source !== null;
      if (source !== null && this.present[c] === true) values.add(source, from, to, this.rows);
    });
    this.rows += to - from;
  }

  /** Feeds the block to the hash and empties it. */
  flush(hash: Hash): void {
    if (this.rows === 0) return;
    const { rows, present, columns } = this;
    const large = columns.map(({ values }, c) =>
      present[c] === true ? (values.inPlace?.(rows) ?? null) : null,
    );
    const size = columns.reduce(
      (sum, { values }, c) => sum + 1 + (present[c] === true && large[c] === null ? values.size(rows) : 0),
      0,
    );
    if (size > this.bytes.length) this.bytes = Buffer.alloc(2 * size);
    let at = 0;
    columns.forEach(({ tag, values }, c) => {
      const has = present[c] === true;
      this.bytes[at++] = has ? tag : 0;
      const pieces = large[c] ?? null;
      if (pieces !== null) {
        for (const piece of [this.bytes.subarray(0, at), ...pieces]) hash.update(piece);
        at = 0;
      } else if (has) {
        at = values.put(rows, this.bytes, at);
      }
    });
    hash.update(this.bytes.subarray(0, at));
    this.rows = 0;
  }
}

/**
 * Digests of a run's episodes, fed in record order: an episode's steps, then its episode row, then the next episode.
 * They do not depend on each other, so they can be made on any thread.
 */
export class EpisodeDigests implements RowObserver {
  private episode: Hash | null = null;
  private readonly steps: BlockBuffer;
  private readonly episodes: BlockBuffer;
  private readonly onEpisode: (digest: Uint8Array) => void;

  /** @param onEpisode told the 32 bytes of each episode as it ends */
  constructor({ steps, episodes }: RunStreams, onEpisode: (digest: Uint8Array) => void) {
    this.steps = new BlockBuffer(steps);
    this.episodes = new BlockBuffer(episodes);
    this.onEpisode = onEpisode;
  }

  /** Adds rows [from, to) of a steps batch, all of one episode. */
  addSteps(batch: Batch, from: number, to: number): void {
    this.episode ??= createHash('sha256');
    for (let at = from; at < to;) {
      const end = Math.min(to, at + DIGEST_BLOCK_ROWS - this.steps.rows);
      this.steps.append(batch, at, end);
      if (this.steps.rows === DIGEST_BLOCK_ROWS) this.steps.flush(this.episode);
      at = end;
    }
  }

  /** Ends the episode with its row of an episodes batch; null for the last episode of an aborted run. */
  endEpisode(batch: Batch | null, row: number): void {
    const hash = this.episode ?? createHash('sha256');
    this.steps.flush(hash);
    if (batch !== null) this.episodes.append(batch, row, row + 1);
    this.episodes.flush(hash);
    this.episode = null;
    this.onEpisode(hash.digest());
  }
}

/** Digest of one run, over those of its episodes in order. */
export class ContentDigest implements RowObserver {
  private readonly run = createHash('sha256');
  private readonly episodes: EpisodeDigests;

  constructor(streams: RunStreams) {
    this.episodes = new EpisodeDigests(streams, (digest) => this.addEpisode(digest));
  }

  addSteps(batch: Batch, from: number, to: number): void {
    this.episodes.addSteps(batch, from, to);
  }

  endEpisode(batch: Batch | null, row: number): void {
    this.episodes.endEpisode(batch, row);
  }

  /** The next episode, whose digest has been made elsewhere. */
  addEpisode(digest: Uint8Array): void {
    this.run.update(digest);
  }

  /** The content digest, 64 hex digits. */
  finish(): string {
    return this.run.digest('hex');
  }
}
