export { TOLERANCE } from './compare.js';
export { replayRun } from './replay/replay-run.js';
export { reproduceRun } from './reproduce-run.js';
export type { Reproduction, ReproducePorts } from './result.js';
export { openRunRecords } from './run-records.js';
