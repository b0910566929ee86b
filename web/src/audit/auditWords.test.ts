import { describe, expect, it } from 'vitest'

import { detailLine } from './auditWords'

describe('detailLine', () => {
  it('says what it holds in words', () => {
    expect(detailLine({ login: 'zhou', role: 'supervisor' })).toBe('登录名：zhou；角色：值班长')
    expect(detailLine({ from: 'structure', enabled: false })).toBe('从：成单；开启：否')
  })

  it('leaves out what is empty, and opens what is within', () => {
    expect(detailLine({ reason: '', value: null, scopes: ['intake', 'review'], before: { version: 3 } })).toBe('权限：送录音、review；原配置：版本：3')
    expect(detailLine(null)).toBe('')
  })

  it('shows names without a word as they are', () => {
    expect(detailLine({ unheard_of: 'x' })).toBe('unheard_of：x')
  })
})
