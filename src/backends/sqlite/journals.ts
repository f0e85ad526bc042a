/** What stands behind the name of an SQLite file whose writer runs or was killed. */
export const JOURNALS = ['-wal', '-journal'] as const;
