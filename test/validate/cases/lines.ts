import { gunzipSync } from 'node:zlib';
import { EPISODES, oneBlock, stepLine, STEPS, stepsFile, type Case } from './case.js';

const line = (code: Case['code'], what: string, at: number, from: string | RegExp, to: string): Case => ({
  code,
  what,
  file: STEPS,
  line: at,
  change: stepLine(at, from, to),
});

const CUT = /.{30}$/;

/** Position in a text after so many newlines. */
function lineStart(text: Buffer, lines: number): number {
  let at = 0;
  for (let i = 0; i < lines; i++) at = text.indexOf(10, at) + 1;
  return at;
}

export const lineCases: Case[] = [
  line('line-blank', 'an empty line', 4, /.*/, ''),
  line('line-json', 'half a line', 5, CUT, ''),
  line('line-json', 'the last line of an episode', 6, CUT, ''),
  line('line-json', 'the first line of an episode', 7, CUT, ''),
  line('line-json', 'the last line of all', 17, CUT, ''),
  line('line-not-finite', 'NaN as Python writes it', 2, /"reward":[^,]+/, '"reward": NaN'),
  line('line-key', 'a key missing', 9, /"action":\d,/, ''),
  line('line-type', 'a fraction for an integer', 9, /"action":\d/, '"action":0.5'),
  line('line-range', 'step 0', 1, '"step":1', '"step":0'),
  line('line-width', 'a longer observation', 8, '"observation_summary":[', '$&0,'),
  {
    code: 'line-json',
    what: 'an episode record',
    file: EPISODES,
    line: 2,
    change: { lines: ({ episodes }) => (episodes[1] = '{') },
  },
  {
    code: 'line-json',
    what: 'the last episode record',
    file: EPISODES,
    line: 3,
    change: { lines: ({ episodes }) => (episodes[2] = '{') },
  },
  {
    code: 'line-encoding',
    what: 'a byte that is no UTF-8',
    file: STEPS,
    line: 3,
    change: stepsFile((data) => {
      const text = gunzipSync(data);
      text[lineStart(text, 2) + 30] = 0xff;
      return oneBlock(text);
    }),
  },
  {
    code: 'line-unended',
    what: 'no final newline',
    file: STEPS,
    line: 17,
    change: stepsFile((data) => oneBlock(gunzipSync(data).subarray(0, -1))),
  },
  { code: 'line-unknown-key', what: 'a key more', file: STEPS, change: stepLine(3, '{', '{"wind":0,') },
];
