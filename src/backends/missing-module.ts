import { CaptureError } from '../core/errors.js';

/** A package that a backend needs is not installed; the backends of `record.fallback` can take its place. */
export class MissingModuleError extends CaptureError {
  /** @param what needs the module, as the user names it */
  constructor(module: string, what: string, cause?: unknown) {
    super('config', `${what} needs the package ${module}, which is not installed`, {
      hint: `npm install ${module}, or name another backend in record.fallback`,
      cause,
    });
  }
}
