import { describe, expect, it } from 'vitest'

import { aQueueItem } from '@/testing'

import { compareItems, isHeld, keepChosen, stepFrom, withItem, withoutItem } from './queueList'

const item = (ticket_id: string, over: object = {}) => aQueueItem({ ticket_id, ...over })
const ids = (items: readonly { ticket_id: string }[]) => items.map((one) => one.ticket_id)

describe('order', () => {
  it('is by urgency, then by doubt, then by waiting', () => {
    const items = [
      item('sure', { confidence: 0.9 }),
      item('late', { confidence: 0.4, waiting_since: '2026-07-02T10:00:00Z' }),
      item('early', { confidence: 0.4, waiting_since: '2026-07-02T09:00:00Z' }),
      item('critical', { urgency: 'critical', confidence: 0.99 }),
      item('urgent', { urgency: 'urgent' }),
    ]
    expect(ids(items.sort(compareItems))).toEqual(['critical', 'urgent', 'early', 'late', 'sure'])
  })

  it('moves an item that became urgent, and keeps one of each', () => {
    const items = [item('a', { confidence: 0.1 }), item('b', { confidence: 0.2 })]
    expect(ids(withItem(items, item('b', { urgency: 'critical' })))).toEqual(['b', 'a'])
    expect(ids(withoutItem(items, 'a'))).toEqual(['b'])
  })
})

describe('the choice', () => {
  const items = [item('a'), item('b'), item('c')]

  it('steps through the list and stops at its ends', () => {
    expect(stepFrom(items, null, 1)).toBe('a')
    expect(stepFrom(items, 'a', 1)).toBe('b')
    expect(stepFrom(items, 'c', 1)).toBe('c')
    expect(stepFrom(items, 'a', -1)).toBe('a')
    expect(stepFrom([], 'a', 1)).toBeNull()
  })

  it('goes to what took the place of an item that a colleague took', () => {
    expect(keepChosen(items, [item('a'), item('c')], 'b')).toBe('c')
    expect(keepChosen(items, [item('a'), item('b')], 'c')).toBe('b')
    expect(keepChosen(items, items, 'b')).toBe('b')
    expect(keepChosen(items, [], 'b')).toBeNull()
  })
})

describe('isHeld', () => {
  const claim = (until: string, id = 'other') => ({ operator: { id, name: '同事' }, lease_until: until })
  const now = Date.parse('2026-07-02T10:00:00Z')

  it('holds until the lease runs out, and never against its holder', () => {
    expect(isHeld(item('a', { claim: claim('2026-07-02T10:01:00Z') }), 'me', now)).toBe(true)
    expect(isHeld(item('a', { claim: claim('2026-07-02T09:59:00Z') }), 'me', now)).toBe(false)
    expect(isHeld(item('a', { claim: claim('2026-07-02T10:01:00Z', 'me') }), 'me', now)).toBe(false)
    expect(isHeld(item('a'), 'me', now)).toBe(false)
  })
})
