import { describe, expect, it } from 'vitest'

import type { FormCheck } from '@/api/types'
import { SHORTCUTS } from '@/shortcuts/shortcuts'

import { DECISIONS, outcome, possible } from './decisions'

const check = (over: Partial<FormCheck> = {}): FormCheck => ({
  disposition: 'dispatch',
  lead: { department: '生态环境局', level: 'district', district: '望江区', street: null },
  co_handlers: ['城市管理局'],
  handover: [],
  actions: ['dispatch'],
  problems: [],
  guard: null,
  ...over,
})

describe('possible', () => {
  it('is what the server allows, and sending back always', () => {
    expect(possible(check()).map(({ action }) => action)).toEqual(['dispatch', 'send-back'])
    expect(possible(check({ actions: [] })).map(({ action }) => action)).toEqual(['send-back'])
    expect(possible(null).map(({ action }) => action)).toEqual(['send-back'])
  })
})

describe('outcome', () => {
  it.each([
    ['dispatch', {}, '生态环境局 · 区级 · 望江区；协办 城市管理局'],
    ['dispatch', { lead: null, co_handlers: [] }, '承办单位未定'],
    ['handover', { handover: ['119', '120'] }, '119 消防、120 急救'],
    ['redirect', { handover: ['信访部门'] }, '信访部门'],
    ['redirect', {}, '告知法定渠道'],
  ] as const)('of %s %o', (action, over, words) => {
    expect(outcome(action, check(over as Partial<FormCheck>))).toBe(words)
  })
})

it('gives each decision a key of its own', () => {
  const ids = new Set<string>(SHORTCUTS.map(({ id }) => id))
  for (const { shortcut } of DECISIONS) expect(ids.has(shortcut)).toBe(true)
  expect(new Set(DECISIONS.map(({ shortcut }) => shortcut)).size).toBe(DECISIONS.length)
})
