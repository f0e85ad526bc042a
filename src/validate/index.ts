export { createRecordingValidation } from './recording.js';
export { validateRun } from './validate-run.js';
