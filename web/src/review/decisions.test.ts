import { describe, expect, it } from 'vitest'

import type { FormCheck } from '@/api/types'
import { SHORTCUTS } from '@/shortcuts/shortcuts'

import { DECISIONS, conclusionOf, outcome } from './decisions'

const check = (over: Partial<FormCheck> = {}): FormCheck => ({
  disposition: 'dispatch',
  lead: { department: '生态环境局', level: 'district', district: '望江区', street: null },
  co_handlers: ['城市管理局'],
  handover: [],
  action: 'dispatch',
  listed_co_handlers: [],
  wording: null,
  problems: [],
  guard: null,
  ...over,
})

it('concludes as the duty asks, and not before that is known', () => {
  expect(conclusionOf(check())?.action).toBe('dispatch')
  expect(conclusionOf(check({ action: 'close' }))?.label).toBe('无诉求结案')
  expect(conclusionOf(null)).toBeNull()
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
