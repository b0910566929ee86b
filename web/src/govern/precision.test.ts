import { describe, expect, it } from 'vitest'

import type { DutyAutomation } from '@/api/types'

import { compareDuties, percent, standing } from './precision'

const duty = (over: Partial<DutyAutomation>): DutyAutomation => ({
  category: 'NV01', level2: '建筑施工噪声', enabled: true, wanted_precision: 0.95, samples: 40, right: 39, precision: 0.975, low: 0.87, high: 0.99,
  automatic_today: 3, stopped: null, ...over,
})

it.each([
  [{ samples: 0, low: null, high: null }, 'unmeasured'],
  [{ low: 0.96, high: 0.99 }, 'meets'],
  [{ low: 0.87, high: 0.99 }, 'open'],
  [{ low: 0.6, high: 0.9 }, 'fails'],
])('%o %s', (over, expected) => {
  expect(standing(duty(over))).toBe(expected)
})

describe('percent', () => {
  it.each([[0.975, '97.5%'], [1, '100%'], [0.5, '50%'], [null, '—']])('%s', (share, shown) => {
    expect(percent(share)).toBe(shown)
  })
})

it('lists first what stopped itself, then what fails, then what is busy', () => {
  const stopped = duty({ category: 'S', stopped: { by: 'measured', at: '', reason: '' }, automatic_today: 0 })
  const failing = duty({ category: 'F', low: 0.5, high: 0.8, automatic_today: 0 })
  const busy = duty({ category: 'B', automatic_today: 9 })
  const quiet = duty({ category: 'Q', automatic_today: 1 })
  expect([quiet, busy, failing, stopped].sort(compareDuties).map((one) => one.category)).toEqual(['S', 'F', 'B', 'Q'])
})
