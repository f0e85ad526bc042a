import { expect, it } from 'vitest';
import {
  largeText,
  lowText,
  statisticsText,
  tooFullText,
  unreadText,
} from '../../src/cli/storage-messages.js';
import { noSizes } from '../../src/core/artifact-kinds.js';

const space = { free: 112.4e9, total: 730e9, share: 0.15399 };
const results = {
  ...noSizes(),
  steps: { files: 42, bytes: 310.2e9 },
  episodes: { files: 42, bytes: 15.1e9 },
  parquet: { files: 1, bytes: 1234 },
};

it('warns of a disk that is nearly full, with figures and what to do', () => {
  expect(lowText(space, 'results', 0.2)).toBe(
    'disk space low: 15.3% free (112.4 GB) on results, below storage.disk_free_threshold 20%: see what can go with plume-nav-capture prune results --keep-last 10 --dry-run',
  );
});

it('names folders so that a terminal and a shell take them', () => {
  expect(lowText(space, 'my results', 0.2)).toContain(" prune 'my results' --keep-last");
  expect(lowText(space, 'a\u001b[2Jb', 0.2)).not.toContain('\u001b');
});

it.each([
  [0.2, '20%'],
  [0.005, '0.5%'],
  [0.07, '7%'],
  [1, '100%'],
])('prints the threshold %s as it was meant: %s', (least, text) => {
  expect(tooFullText({ free: 5, total: 100, share: 0.0499 }, 'results', least)).toBe(
    `disk space: 4.9% free (5 B) on results, below storage.stop_below_free ${text}`,
  );
});

it('warns of results that are large, and of which kind they are', () => {
  expect(largeText(['results', 'steps'], results, 'results', 300)).toBe(
    'results large: 325.3 GB in results, 310.2 GB of steps, above storage.max_gb 300: see what can go with plume-nav-capture prune results --keep-last 10 --dry-run',
  );
});

it('says what could not be read', () => {
  const text = 'cannot read results/x: permission denied';
  expect(unreadText({ sizes: noSizes(), unread: 2, firstUnread: text })).toBe(
    `the size of results leaves out 2 folders: ${text}`,
  );
});

it('tells counts and sizes by kind, of the kinds there are', () => {
  expect(statisticsText({ episodes: 100, space, results })).toBe(
    'storage after 100 episodes: 112.4 GB free (15.3%) · results 325.3 GB: steps 310.2 GB (42 files), episodes 15.1 GB (42 files), Parquet 1.2 kB (1 file)',
  );
});

it('tells what is accepted where there are samples of what is not', () => {
  const rejected = { files: 5, bytes: 0.89e9 };
  expect(statisticsText({ episodes: 100, space, results: { ...results, rejected } })).toContain(
    'Parquet 1.2 kB (1 file), accepted 325.3 GB (85 files), rejected samples 890.0 MB (5 files)',
  );
});

it('does not make up what is not known', () => {
  expect(statisticsText({ episodes: 1, space: null, results: null })).toBe(
    'storage after 1 episode: free space not known · results not measured yet',
  );
});
