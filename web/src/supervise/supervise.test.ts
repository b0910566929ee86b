import { describe, expect, it } from 'vitest'

import type { Figures } from '@/api/types'

import { calibrationChart, heatChart, trendChart, type Palette } from './charts'
import { periodOf, spoken } from './period'

describe('periodOf', () => {
  // 23:30 in Beijing is still the day before in Greenwich, and the other way round.
  it.each([
    ['today', '2026-07-02T17:00:00Z', '2026-07-03', '2026-07-03'],
    ['week', '2026-07-02T10:00:00Z', '2026-06-26', '2026-07-02'],
    ['month', '2026-03-01T00:00:00Z', '2026-01-31', '2026-03-01'],
  ] as const)('%s at %s', (name, now, since, until) => {
    expect(periodOf(name, new Date(now))).toEqual({ since, until })
  })
})

it.each([[null, '—'], [8.4, '8 秒'], [95, '1 分 35 秒'], [5400, '1.5 小时']])('%s s is %s', (seconds, shown) => {
  expect(spoken(seconds)).toBe(shown)
})

const palette: Palette = { ink: '#000', soft: '#444', line: '#ddd', brand: '#00f', bar: '#88f', warn: '#fa0', ground: '#fff' }
const figures = {
  days: [{ day: '2026-07-01', calls: 9, automatic: 6, reviewed: 3, changed: 1 }, { day: '2026-07-02', calls: 4, automatic: 1, reviewed: 3, changed: 2 }],
  heat: [{ weekday: 0, hour: 9, calls: 5 }, { weekday: 6, hour: 23, calls: 1 }],
  calibration: [
    { low: 0.8, high: 0.9, mean_confidence: 0.86, right_share: 0.9, tickets: 16 },
    { low: 0, high: 0.1, mean_confidence: 0, right_share: 0, tickets: 0 },
  ],
} as unknown as Figures

interface Drawn { series: { data: unknown[]; symbolSize?: (value: number[]) => number }[] }

describe('charts', () => {
  it('draw each day, each hour and each bin that has tickets', () => {
    expect((trendChart(figures, palette) as unknown as Drawn).series.map((one) => one.data)).toEqual([[9, 4], [6, 1], [1, 2]])
    expect((heatChart(figures, palette) as unknown as Drawn).series[0]?.data).toEqual([[9, 0, 5], [23, 6, 1]])
    expect((calibrationChart(figures, palette) as unknown as Drawn).series[1]?.data).toEqual([[0.86, 0.9, 16]])
  })

  it('give nothing at all room too', () => {
    const empty = { days: [], heat: [], calibration: [] } as unknown as Figures
    for (const chart of [trendChart, heatChart, calibrationChart]) expect(chart(empty, palette)).toBeTruthy()
  })
})
