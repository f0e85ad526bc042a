import { afterAll, describe, expect, it } from 'vitest';
import { before, parseDuration } from '../../src/core/duration.js';

describe('a time span', () => {
  it.each([
    ['12h', { hours: 12 }],
    ['30d', { days: 30 }],
    ['8w', { weeks: 8 }],
    ['6mo', { months: 6 }],
    ['90m', { minutes: 90 }],
    ['30s', { seconds: 30 }],
    ['1y', { years: 1 }],
    ['2y5mo7d3h20m', { years: 2, months: 5, days: 7, hours: 3, minutes: 20 }],
    ['7d2y', { years: 2, days: 7 }],
  ])('%s', (text, parts) => {
    const none = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };
    expect(parseDuration('--keep-within', text)).toEqual({ ...none, ...parts });
  });

  it.each(['', '30', 'd', '0d', '0d0h', '-3d', '1.5d', '30 d', '30D', '3d4d', '9999999999999y', 'd30'])(
    '%j is none',
    (text) => {
      expect(() => parseDuration('--keep-within', text)).toThrow(
        `--keep-within '${text}' is not a time span`,
      );
    },
  );
});

it.each(['30min', '3M', '2q', '1ms'])('%j has a unit that is none', (text) => {
  if (text === '3M') expect(() => parseDuration('--keep-within', text)).toThrow('is not a time span');
  else expect(() => parseDuration('--keep-within', text)).toThrow(/unknown unit '(?:min|q|ms)'/);
});

describe('the moment a span before now, on the local calendar', () => {
  const zone = process.env['TZ'];
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it.each([
    ['UTC', '2026-03-31T12:00:00Z', '1d', '2026-03-30T12:00:00Z'],
    ['UTC', '2026-03-31T12:00:00Z', '30d', '2026-03-01T12:00:00Z'],
    ['UTC', '2026-03-31T12:00:00Z', '36h', '2026-03-30T00:00:00Z'],
    ['UTC', '2026-03-31T12:00:00Z', '1mo', '2026-02-28T12:00:00Z'],
    ['UTC', '2026-03-31T12:00:00Z', '13mo', '2025-02-28T12:00:00Z'],
    ['UTC', '2028-02-29T12:00:00Z', '1y', '2027-02-28T12:00:00Z'],
    ['UTC', '2026-01-01T00:00:00Z', '1w', '2025-12-25T00:00:00Z'],
    ['UTC', '2026-03-31T12:00:00Z', '1y1mo1d1h', '2025-02-27T11:00:00Z'],
    // summer time began on 29 March: the same time on the clock is 23 hours earlier, and a day is never less than 24
    ['Europe/Berlin', '2026-03-29T12:00:00+02:00', '1d', '2026-03-28T11:00:00+01:00'],
    ['Europe/Berlin', '2026-03-29T12:00:00+02:00', '1w', '2026-03-22T11:00:00+01:00'],
    ['Europe/Berlin', '2026-03-29T12:00:00+02:00', '1mo', '2026-02-28T12:00:00+01:00'],
    ['Europe/Berlin', '2026-03-29T12:00:00+02:00', '24h', '2026-03-28T11:00:00+01:00'],
    ['America/New_York', '2026-11-01T12:00:00-05:00', '1d', '2026-10-31T12:00:00-04:00'],
    // in Kiritimati it is the 1st already while it is the 31st in UTC
    ['Pacific/Kiritimati', '2026-03-31T12:00:00Z', '1mo', '2026-03-01T02:00:00+14:00'],
  ])('%s: %s less %s', (tz, now, span, then) => {
    process.env['TZ'] = tz;
    const moment = before(Date.parse(now), parseDuration('', span));
    expect(new Date(moment).toISOString()).toBe(new Date(then).toISOString());
  });

  it('a span longer than the calendar reaches everything', () => {
    expect(before(Date.parse('2026-03-31T12:00:00Z'), parseDuration('', '500000y'))).toBe(-Infinity);
    expect(before(Date.parse('2026-03-31T12:00:00Z'), parseDuration('', '1990y'))).toBe(-Infinity);
    expect(before(Date.parse('2026-03-31T12:00:00Z'), parseDuration('', '999999d'))).toBeLessThan(0);
  });
});
