import { expect, it } from 'vitest'

import { aRecording, aSegment } from '@/testing'

import { canMerge, otherRole } from './corrections'
import { layOutParts, layOutTurns } from './timeline'

it('merges only what one person said on one recording, one after the other', () => {
  const parts = layOutParts([aRecording({ id: 'a', duration: 60 }), aRecording({ id: 'b', duration: 60 })])
  const turns = layOutTurns(
    [
      aSegment({ start: 0, index: 0, recording_id: 'a' }),
      aSegment({ start: 2, index: 1, recording_id: 'a' }),
      aSegment({ start: 4, index: 2, recording_id: 'a', role: 'operator' }),
      aSegment({ start: 61, index: 0, recording_id: 'b', role: 'operator' }),
    ],
    parts,
  )
  const merges = turns.map((turn, i) => canMerge(turn, turns[i + 1]))
  expect(merges).toEqual([true, false, false, false])
})

it('swaps the two at the telephone', () => {
  expect(otherRole('citizen')).toBe('operator')
  expect(otherRole('operator')).toBe('citizen')
})
