import type { z } from 'zod';
import type { findingSchema, reportSchema } from './records.js';

/** One thing validation has to say: an `error` makes the run invalid, a `note` is a difference in order. */
export type Finding = z.infer<typeof findingSchema>;
export type Report = z.infer<typeof reportSchema>;
