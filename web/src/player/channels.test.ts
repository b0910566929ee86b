import { expect, it } from 'vitest'

import { layOutParts, layOutTurns } from '@/transcript/timeline'
import { aRecording, aSegment } from '@/testing'

import { rolesByChannel } from './channels'

it('gives each channel the role that is mostly heard on it', () => {
  const parts = layOutParts([aRecording({ duration: 60 })])
  const turns = layOutTurns(
    [
      aSegment({ speaker: 'left', role: 'operator', start: 0, end: 5 }),
      aSegment({ speaker: 'left', role: 'citizen', start: 5, end: 6 }),
      aSegment({ speaker: 'right', role: 'citizen', start: 6, end: 20 }),
    ],
    parts,
  )
  expect(rolesByChannel(turns, 0)).toEqual(['operator', 'citizen'])
  expect(rolesByChannel(turns, 1)).toEqual([null, null])
})

it('knows nothing of channels where speakers were told apart by voice', () => {
  const turns = layOutTurns([aSegment({ speaker: 'S1' })], layOutParts([aRecording({ duration: 60 })]))
  expect(rolesByChannel(turns, 0)).toEqual([null, null])
})
