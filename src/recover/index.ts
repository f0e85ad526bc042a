export { droppedRecords, planRecovery, type RecoverPlan } from './plan.js';
export { prepareResume } from './prepare-resume.js';
export { recover, type RecoverResult } from './recover.js';
export type { Recovered } from './rewrite.js';
export { finishSwap } from './swap.js';
