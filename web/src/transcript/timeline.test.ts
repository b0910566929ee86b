import { describe, expect, it } from 'vitest'

import { aRecording, aSegment } from '@/testing'

import { endOf, layOutParts, layOutTurns, partAfter, turnAt } from './timeline'

const recordings = [
  aRecording({ id: 'a', duration: 60 }),
  aRecording({ id: 'broken', state: 'failed' }),
  aRecording({ id: 'b', duration: 30 }),
]

describe('layOutParts', () => {
  it('puts working recordings one after the other', () => {
    expect(layOutParts(recordings).map((part) => [part.recording.id, part.offset])).toEqual([['a', 0], ['b', 60]])
  })

  it('keeps a recording that can be heard though it was not transcribed', () => {
    expect(layOutParts([aRecording({ id: 'a', duration: 9, state: 'failed' })])).toHaveLength(1)
  })

  it('takes order and offsets of the transcript', () => {
    const placed = [
      { recording_id: 'b', offset: 0, duration: 30 },
      { recording_id: 'a', offset: 45, duration: 60 },
    ]
    const parts = layOutParts([...recordings, aRecording({ id: 'late', duration: 9 })], placed)
    expect(parts.map((part) => [part.recording.id, part.offset])).toEqual([['b', 0], ['a', 45], ['late', 105]])
    expect(endOf(parts)).toBe(114)
  })

  it('does not play one party of a call after the other', () => {
    const both = layOutParts(recordings, [
      { recording_id: 'a', offset: 0, duration: 60 },
      { recording_id: 'b', offset: 0, duration: 30 },
    ])
    expect(partAfter(both, 0)).toBeNull()
    expect(partAfter(layOutParts(recordings), 0)).toBe(1)
    expect(partAfter(layOutParts(recordings), 1)).toBeNull()
  })
})

describe('layOutTurns', () => {
  it('counts times from the start of each recording', () => {
    const turns = layOutTurns(
      [aSegment({ start: 1, end: 2, recording_id: 'a' }), aSegment({ start: 62, end: 63.5, recording_id: 'b' })],
      layOutParts(recordings),
    )
    expect(turns.map(({ index, part, start, end }) => [index, part, start, end])).toEqual([[0, 0, 1, 2], [1, 1, 2, 3.5]])
  })
})

describe('turnAt', () => {
  const turns = layOutTurns(
    [
      aSegment({ start: 1, end: 5, recording_id: 'a' }),
      aSegment({ start: 4, end: 6, recording_id: 'a' }),
      aSegment({ start: 10, end: 12, recording_id: 'a' }),
      aSegment({ start: 61, end: 62, recording_id: 'b' }),
    ],
    layOutParts(recordings),
  )
  const indexAt = (part: number, time: number) => turnAt(turns, part, time)?.index ?? null

  it('is the latest begun of those that are heard', () => {
    expect(indexAt(0, 2)).toBe(0)
    expect(indexAt(0, 4.5)).toBe(1)
    expect(indexAt(0, 11)).toBe(2)
  })

  it('stays with the last one in a pause', () => {
    expect(indexAt(0, 8)).toBe(1)
    expect(indexAt(0, 59)).toBe(2)
  })

  it('is none before the first, and knows parts apart', () => {
    expect(indexAt(0, 0.5)).toBeNull()
    expect(indexAt(1, 1.5)).toBe(3)
  })
})
