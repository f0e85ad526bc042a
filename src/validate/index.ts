export { createRecordingValidation, type RecordingValidation } from './recording.js';
export { validateRun } from './validate-run.js';
