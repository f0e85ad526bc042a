import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch } from '../../../core/batch.js';
import { unfinishedParquetName } from '../../../core/layout.js';
import type { WrittenFile } from '../../../core/ports.js';
import { exists } from '../../../io/atomic.js';
import { ioError } from '../../../io/io-error.js';
import { footer, MAGIC, type FileFacts } from './footer.js';
import type { RowGroup } from './row-group.js';

/** One Parquet file: under a name of its own until it is whole and on disk, since without its footer nobody can read it. */
export class PartFile {
  private readonly name: string;
  private readonly path: string;
  private readonly file: FileHandle;
  private readonly group: RowGroup;
  private readonly hash = createHash('sha256');
  private readonly entries: Uint8Array[] = [];
  private bytes = 0;
  private writtenRows = 0;

  private constructor(path: string, name: string, file: FileHandle, group: RowGroup) {
    this.path = path;
    this.name = name;
    this.file = file;
    this.group = group;
  }

  /** @param group empty; may be that of the part before */
  static async create(directory: string, name: string, group: RowGroup): Promise<PartFile> {
    const path = join(directory, name);
    try {
      if (await exists(path)) throw Object.assign(new Error(path), { code: 'EEXIST' });
      const part = new PartFile(path, name, await open(unfinishedParquetName(path), 'wx'), group);
      await part.put(MAGIC);
      return part;
    } catch (error) {
      throw ioError(`cannot create ${path}`, error);
    }
  }

  get rows(): number {
    return this.writtenRows + this.group.rows;
  }

  async write(batch: Batch): Promise<void> {
    for (let at = 0; at < batch.rows;) {
      const taken = this.group.take(batch, at);
      if (taken === 0) await this.endGroup();
      at += taken;
    }
  }

  /** Writes what is left and the footer; the whole file is on disk when it resolves. */
  async seal(facts: Pick<FileFacts, 'stream' | 'metadata' | 'createdBy'>): Promise<void> {
    if (this.group.rows > 0) await this.endGroup();
    try {
      await this.put(footer({ ...facts, rows: this.writtenRows, groups: this.entries }));
      await this.file.sync();
      await this.file.close();
    } catch (error) {
      throw ioError(`cannot write ${this.path}`, error);
    }
  }

  /** Gives a sealed file its name, which is durable once the directory has been synchronised. */
  async publish(): Promise<WrittenFile> {
    const { path, name, bytes, writtenRows } = this;
    await rename(unfinishedParquetName(path), path).catch((error: unknown) => {
      throw ioError(`cannot write ${path}`, error);
    });
    return { path: name, bytes, sha256: this.hash.digest('hex'), rows: writtenRows };
  }

  /** Leaves nothing behind: without a footer no row can be read. */
  async abort(): Promise<void> {
    await this.file.close().catch(() => {});
    await rm(unfinishedParquetName(this.path), { force: true }).catch(() => {});
  }

  private async endGroup(): Promise<void> {
    const { pages, entry, rows } = await this.group.encode(this.bytes, this.entries.length);
    try {
      await this.put(pages);
    } catch (error) {
      throw ioError(`cannot write ${this.path}`, error);
    }
    this.entries.push(entry);
    this.writtenRows += rows;
  }

  private async put(bytes: Uint8Array): Promise<void> {
    this.hash.update(bytes);
    await this.file.writeFile(bytes);
    this.bytes += bytes.length;
  }
}
