// Preloaded into a command so that its temporary files have the same names each time: a system call is chosen by its
// path, and `.run.json.<random>.tmp` would be another the next time.
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

let count = 0;
crypto.randomBytes = (size) => {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32BE(++count, size - 4);
  return bytes;
};
syncBuiltinESMExports();
