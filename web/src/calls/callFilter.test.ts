import { describe, expect, it } from 'vitest'

import { ALL_CALLS, filterOf, isFiltered, queryOf } from './callFilter'

describe('the filter in the address', () => {
  it('comes back as it went', () => {
    const filter = { ...ALL_CALLS, q: '噪声', district: '望江区', since: '2026-07-01T00:00:00+08:00' }
    expect(filterOf(queryOf(filter))).toEqual(filter)
  })

  it('leaves out what is not asked for', () => {
    expect(queryOf(ALL_CALLS)).toEqual({})
    expect(queryOf({ ...ALL_CALLS, mode: 'auto' })).toEqual({ mode: 'auto' })
  })

  it('takes nothing but filters, each once', () => {
    expect(filterOf({ state: ['failed', 'waiting'], page: '3', flag: null, source: 'pbx' })).toEqual({ ...ALL_CALLS, source: 'pbx' })
  })

  it('knows whether something is asked for', () => {
    expect(isFiltered(ALL_CALLS)).toBe(false)
    expect(isFiltered({ ...ALL_CALLS, flag: 'minor' })).toBe(true)
  })
})
