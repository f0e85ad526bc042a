import type { StreamName } from '../../core/layout.js';

/** Names of attributes that are no columns. Texts are for people and other programs; the reader needs none of them. */
export const SCHEMA_VERSION_ATTRIBUTE = 'schema_version';
export const RUN_ID_ATTRIBUTE = 'run_id';
export const EPISODE_ID_ATTRIBUTE = 'episode_id';
/**
 * What the reader needs it takes from texts of fixed length: those of variable length lie in a heap without checksums,
 * and the library may never come back from a damaged one. This is the schema_version as JSON.
 */
export const VERSION_ATTRIBUTE = 'schema_version_json';
/** Of a run's group: which columns of a stream are null, names with commas between. */
export const nullsAttribute = (stream: StreamName): string => `${stream}_null_columns`;
