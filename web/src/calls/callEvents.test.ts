import { describe, expect, it } from 'vitest'

import { aCall, aRecording, aTicket } from '@/testing'

import { applyCallEvent, mergeCalls } from './callEvents'

describe('applyCallEvent', () => {
  it('moves one recording on and leaves the others and the original alone', () => {
    const call = aCall({ recordings: [aRecording({ id: 'a' }), aRecording({ id: 'b' })] })
    const update = applyCallEvent(call, 'progress', { recording_id: 'b', state: 'decoding', duration: 79.04 })
    expect(update.stale).toBe(false)
    expect(update.call.recordings.map((r) => r.state)).toEqual(['received', 'decoding'])
    expect(update.call.recordings[1]?.duration).toBe(79.04)
    expect(call.recordings[1]?.state).toBe('received')
  })

  it('asks for the call when a recording is new', () => {
    expect(applyCallEvent(aCall(), 'progress', { recording_id: 'rec_2', state: 'received' }).stale).toBe(true)
  })

  it('asks for the call when its state changes', () => {
    const update = applyCallEvent(aCall(), 'progress', { state: 'structuring' })
    expect(update).toMatchObject({ stale: true, call: { state: 'structuring' } })
  })

  it('shows a ticket at once', () => {
    const update = applyCallEvent(aCall(), 'ticket', aTicket({ title: '夜间施工' }))
    expect(update.call).toMatchObject({ state: 'ticketed', ticket: { title: '夜间施工' } })
  })

  it('adds an alert once', () => {
    const alert = { id: 'a1', call_id: 'call_1', services: ['119'], title: '失火', created_at: '2026-07-02T04:48:00Z' }
    const once = applyCallEvent(aCall(), 'alert', alert).call
    expect(applyCallEvent(once, 'alert', alert).call.alerts).toEqual([alert])
  })

  it.each([['ticket', { number: 'x' }], ['progress', 'text'], ['progress', null], ['news', {}]])(
    'changes nothing on %s %j but asks for the call',
    (name, data) => {
      const call = aCall()
      expect(applyCallEvent(call, name, data)).toEqual({ call, stale: true })
    },
  )
})

describe('mergeCalls', () => {
  const ids = (calls: { id: string }[]): string[] => calls.map((call) => call.id)

  it('puts fresh calls first and keeps later pages', () => {
    const shown = [aCall({ id: 'b' }), aCall({ id: 'a' })]
    const merged = mergeCalls(shown, [aCall({ id: 'c' }), aCall({ id: 'b', state: 'ticketed' })], false)
    expect(ids(merged)).toEqual(['c', 'b', 'a'])
    expect(merged[1]?.state).toBe('ticketed')
  })

  it('drops what a complete answer no longer holds', () => {
    expect(ids(mergeCalls([aCall({ id: 'gone' })], [aCall({ id: 'c' })], true))).toEqual(['c'])
  })
})
