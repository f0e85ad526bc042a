export { planRecovery, type RecoverPlan } from './plan.js';
export { prepareResume, type ResumePoint } from './prepare-resume.js';
export { recover, type RecoverResult } from './recover.js';
export type { Recovered, RewritePorts } from './rewrite.js';
export { finishSwap } from './swap.js';
