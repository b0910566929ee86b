import { describe, expect, it } from 'vitest'

import { beijingClock, formatBytes, formatDuration, formatMoment, formatRecent, formatWait } from './time'

describe('formatDuration', () => {
  it.each([
    [0, '0:00'],
    [9.99, '0:09'],
    [79.04, '1:19'],
    [3599.9, '59:59'],
    [3600, '1:00:00'],
    [4 * 3600 + 5, '4:00:05'],
    [-1, '0:00'],
    [null, '—'],
    [Number.NaN, '—'],
  ])('%s s is %s', (seconds, shown) => {
    expect(formatDuration(seconds)).toBe(shown)
  })
})

describe('moments', () => {
  it('shows a moment in Beijing time', () => {
    expect(formatMoment('2026-07-02T04:48:00+00:00')).toBe('2026-07-02 12:48')
  })

  it('leaves a date without time of day, and a local time, as they are', () => {
    expect(formatMoment('2026-07-02')).toBe('2026-07-02')
    expect(formatMoment('2026-07-02T22:05')).toBe('2026-07-02 22:05')
  })

  it('shows what it cannot read rather than hiding it', () => {
    expect(formatMoment('soon')).toBe('soon')
    expect(formatMoment(null)).toBe('—')
  })

  it('leaves out of a recent moment what goes without saying', () => {
    const now = new Date('2026-07-02T15:00:00+08:00')
    expect(formatRecent('2026-07-02T09:05:00+08:00', now)).toBe('今天 09:05')
    expect(formatRecent('2026-07-01T23:59:00+08:00', now)).toBe('07-01 23:59')
    expect(formatRecent('2025-12-31T23:59:00+08:00', now)).toBe('2025-12-31 23:59')
  })

  it('gives the wall clock that a form shows', () => {
    expect(beijingClock(new Date('2026-07-01T16:00:30Z'))).toBe('2026-07-02T00:00:30')
  })
})

describe('formatBytes', () => {
  it.each([
    [1023, '1023 B'],
    [1536, '1.5 KB'],
    [1616206, '1.5 MB'],
    [2 * 1024 ** 3, '2.0 GB'],
  ])('%d is %s', (bytes, shown) => {
    expect(formatBytes(bytes)).toBe(shown)
  })
})

describe('formatWait', () => {
  const now = new Date('2026-07-02T15:00:00Z')
  it.each([
    ['2026-07-02T14:59:30Z', '0 分'],
    ['2026-07-02T14:01:00Z', '59 分'],
    ['2026-07-02T12:55:00Z', '2 时 05 分'],
    ['2026-06-28T12:00:00Z', '4 天'],
    ['2026-07-02T15:01:00Z', '0 分'],
  ])('since %s: %s', (since, shown) => {
    expect(formatWait(since, now)).toBe(shown)
  })
})
