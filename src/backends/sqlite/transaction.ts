import type { Database, Statement } from 'better-sqlite3';
import type { SqliteOptions } from '../storage.js';

/** Transactions of at most `batch_size` rows, begun with the first of them. */
export class Transactions {
  private readonly db: Database;
  private readonly most: number;
  private readonly begin: Statement;
  private readonly commit: Statement;
  private rows = 0;

  constructor(db: Database, { transaction_mode, batch_size }: SqliteOptions) {
    this.db = db;
    this.most = batch_size;
    this.begin = db.prepare(`BEGIN ${transaction_mode.toUpperCase()}`);
    this.commit = db.prepare('COMMIT');
  }

  /** Begins one when none is open. @returns how many rows it has room for, at least one */
  open(): number {
    if (!this.db.inTransaction) this.begin.run();
    return this.most - this.rows;
  }

  /** Counts rows; commits when the transaction is full. */
  add(rows: number): void {
    this.rows += rows;
    if (this.rows >= this.most) this.end();
  }

  /** Commits what there is. */
  end(): void {
    if (this.db.inTransaction) this.commit.run();
    this.rows = 0;
  }
}
