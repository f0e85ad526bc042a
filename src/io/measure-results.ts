import { lstatSync, readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { artifactKind, noSizes, type KindSizes } from '../core/artifact-kinds.js';
import { HISTORY_FILE, isLockFile } from '../core/layout.js';
import { ioError } from './io-error.js';

/** What lies in a folder and below it. */
export interface Measured {
  sizes: KindSizes;
  /** Folders that could not be read to their end. */
  unread: number;
  /** What was wrong with the first of them; null when there is none. */
  firstUnread: string | null;
}

/** Milliseconds of walking in the background, and of leaving the processor to the rest of the process after them. */
const SLICE_MS = 5;
const REST_MS = 20;

/**
 * Measures a folder of results: files by kind, in bytes of content. Links are not followed and other file systems
 * left out; so are locks and the history of configurations, which every capture writes to. Calls are synchronous,
 * since a hundred thousand runs take a few seconds so and several times that otherwise, but they come in slices.
 */
export class ResultsWalk {
  /** Null as long as it is not through. */
  measured: Measured | null = null;
  private readonly walk: Generator<undefined, Measured>;
  private next: NodeJS.Timeout | undefined;

  /** @param leaveOut absolute paths of folders that are not looked into; may be added to meanwhile */
  constructor(folder: string, leaveOut: ReadonlySet<string> = new Set()) {
    this.walk = measureBelow(resolve(folder), leaveOut);
  }

  /** Walks in the background. @param onDone called once it is through, unless it is stopped before */
  start(onDone: () => void, afterMs = 0): void {
    this.next = setTimeout(() => {
      if (this.advance(SLICE_MS) === null) this.start(onDone, REST_MS);
      else onDone();
    }, afterMs);
  }

  stop(): void {
    clearTimeout(this.next);
  }

  /** Walks on for so many milliseconds at most; null when it is not through then. */
  advance(ms: number): Measured | null {
    const until = performance.now() + ms;
    while (this.measured === null) {
      const { done, value } = this.walk.next();
      if (done === true) this.measured = value;
      else if (performance.now() >= until) return null;
    }
    return this.measured;
  }
}

/** One folder at a time. */
function* measureBelow(
  root: string,
  leaveOut: ReadonlySet<string>,
): Generator<undefined, Measured, undefined> {
  const measured: Measured = { sizes: noSizes(), unread: 0, firstUnread: null };
  let device: number | null = null;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const path = resolve(root, folder);
    if (leaveOut.has(path)) continue;
    try {
      // the root may be a link, which the user has chosen
      const { dev } = folder === '' ? statSync(path) : lstatSync(path);
      device ??= dev;
      if (dev !== device) continue;
      folders.push(...measureFolder(path, folder, measured.sizes));
    } catch (error) {
      // one that is removed meanwhile has nothing left to count
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        measured.unread++;
        measured.firstUnread ??= ioError(`cannot read ${path}`, error).message;
      }
    }
    yield;
  }
  return measured;
}

/** Adds the files of one folder; gives the folders in it, relative to the root as `folder` is. */
function measureFolder(path: string, folder: string, sizes: KindSizes): string[] {
  const folders: string[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const name = `${folder}${entry.name}`;
    if (entry.isDirectory()) folders.push(`${name}/`);
    if (!entry.isFile() || isLockFile(entry.name) || entry.name === HISTORY_FILE) continue;
    const size = lstatSync(`${path}/${entry.name}`, { throwIfNoEntry: false })?.size;
    if (size === undefined) continue;
    const kind = sizes[artifactKind(name)];
    kind.files++;
    kind.bytes += size;
  }
  return folders;
}
