// How fast zlib alone, at level 6, takes the bytes a capture wrote: the pace no recorder at that level can beat.
import { readFileSync } from 'node:fs';
import { deflateRawSync, gunzipSync } from 'node:zlib';

const bytes = gunzipSync(readFileSync(process.argv[2]));
const BLOCK = 1 << 20;
const begun = performance.now();
for (let at = 0; at < bytes.length; at += BLOCK) deflateRawSync(bytes.subarray(at, at + BLOCK), { level: 6 });
console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000 }));
