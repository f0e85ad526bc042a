import { ARTIFACT_KINDS, totalBytes, type ArtifactKind, type KindSizes } from '../core/artifact-kinds.js';
import type { DiskSpace } from '../io/disk-space.js';
import type { Measured } from '../io/measure-results.js';
import type { StorageStatistics } from '../record/storage-watch.js';
import { shellWord } from './shell-word.js';
import { formatBytes, formatShare, plural, printable } from './ui.js';

const NAMES: Readonly<Record<ArtifactKind, string>> = {
  steps: 'steps',
  episodes: 'episodes',
  parquet: 'Parquet',
  hdf5: 'HDF5',
  sqlite: 'SQLite',
  rejected: 'rejected samples',
  other: 'other',
};

/** As it was configured: `20%`, `0.5%`. */
const threshold = (share: number): string => `${Number((share * 100).toPrecision(12))}%`;

const freeOn = ({ free, share }: DiskSpace, output: string): string =>
  `${formatShare(share)} free (${formatBytes(free)}) on ${printable(output)}`;

const cleanUp = (output: string): string =>
  `see what can go with plume-nav-capture prune ${printable(shellWord(output))} --keep-last 10 --dry-run`;

export const lowText = (space: DiskSpace, output: string, below: number): string =>
  `disk space low: ${freeOn(space, output)}, below storage.disk_free_threshold ${threshold(below)}: ${cleanUp(output)}`;

export const tooFullText = (space: DiskSpace, output: string, below: number): string =>
  `disk space: ${freeOn(space, output)}, below storage.stop_below_free ${threshold(below)}`;

/** @param over what takes more than `most` gigabytes */
export function largeText(
  over: readonly (ArtifactKind | 'results')[],
  results: KindSizes,
  output: string,
  most: number,
): string {
  const sizes = over.map((what) =>
    what === 'results'
      ? `${formatBytes(totalBytes(results))} in ${printable(output)}`
      : `${formatBytes(results[what].bytes)} of ${NAMES[what]}`,
  );
  return `results large: ${sizes.join(', ')}, above storage.max_gb ${most}: ${cleanUp(output)}`;
}

export const unreadText = ({ unread, firstUnread }: Measured): string =>
  `the size of results leaves out ${plural(unread, 'folder')}: ${printable(firstUnread ?? '')}`;

/** `storage after 100 episodes: 1.8 TB free (24.3%) · results 8.7 GB: steps 7.8 GB (42 files), …` */
export function statisticsText({ episodes, space, results }: StorageStatistics): string {
  const parts = [
    space === null ? 'free space not known' : `${formatBytes(space.free)} free (${formatShare(space.share)})`,
    results === null ? 'results not measured yet' : resultsText(results),
  ];
  return `storage after ${plural(episodes, 'episode')}: ${parts.join(' · ')}`;
}

function resultsText(results: KindSizes): string {
  const kinds = ARTIFACT_KINDS.filter((kind) => results[kind].files > 0).flatMap((kind) => {
    const own = kindText(NAMES[kind], results[kind]);
    return kind === 'rejected' ? [kindText('accepted', acceptedOf(results)), own] : [own];
  });
  return `results ${formatBytes(totalBytes(results))}: ${kinds.join(', ')}`;
}

const kindText = (name: string, { files, bytes }: KindSizes[ArtifactKind]): string =>
  `${name} ${formatBytes(bytes)} (${plural(files, 'file')})`;

/** All records that are in the dataset, beside the samples of those that are not. */
function acceptedOf(results: KindSizes): KindSizes[ArtifactKind] {
  const kinds = ARTIFACT_KINDS.filter((kind) => kind !== 'rejected' && kind !== 'other');
  const sum = (of: 'files' | 'bytes'): number => kinds.reduce((total, kind) => total + results[kind][of], 0);
  return { files: sum('files'), bytes: sum('bytes') };
}
