import { expect, it } from 'vitest'

import { addAlerts, isRecent, keepAcknowledged, noticeOf } from './alertList'

const alert = (id: string, created_at: string, changed_at = created_at) => ({
  id,
  call_id: 'call_1',
  services: ['119'],
  title: id,
  acknowledged_at: null,
  created_at,
  changed_at,
})

it('keeps each alert once, newest first', () => {
  const known = [alert('old', '2026-07-02T04:00:00Z')]
  const added = [alert('new', '2026-07-02T12:01:00+08:00'), alert('old', '2026-07-02T04:00:00Z')]
  expect(addAlerts(known, added).map((a) => a.id)).toEqual(['new', 'old'])
})

it('shows on arrival what happened in this shift', () => {
  const now = Date.parse('2026-07-02T20:00:00Z')
  expect(isRecent(alert('a', '2026-07-02T10:00:00Z'), now)).toBe(true)
  expect(isRecent(alert('a', '2026-07-01T10:00:00Z'), now)).toBe(false)
})

it('brings an alert up again that has changed since it was taken note of', () => {
  const raised = alert('a', '2026-07-02T04:00:00Z')
  const changed = alert('a', '2026-07-02T04:00:00Z', '2026-07-02T05:00:00Z')
  expect(noticeOf(raised)).toBe(noticeOf({ ...raised }))
  expect(noticeOf(changed)).not.toBe(noticeOf(raised))
  expect(addAlerts([raised, alert('b', '2026-07-02T04:30:00Z')], [changed]).map((a) => a.id)).toEqual(['a', 'b'])
  expect(isRecent(changed, Date.parse('2026-07-02T16:30:00Z'))).toBe(true)
})

it('remembers only the latest acknowledgements', () => {
  const ids = Array.from({ length: 500 }, (_, i) => `a${i}`)
  const kept = keepAcknowledged(ids)
  expect(kept.length).toBeLessThan(500)
  expect(kept.at(-1)).toBe('a499')
})
