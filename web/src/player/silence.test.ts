import { describe, expect, it } from 'vitest'

import { aRecording, aSegment } from '@/testing'
import { layOutParts, layOutTurns } from '@/transcript/timeline'

import { skipTo } from './silence'
import { nextSpeed } from './speed'

const turns = layOutTurns(
  [aSegment({ start: 4, end: 6 }), aSegment({ start: 5, end: 9 }), aSegment({ start: 10, end: 11 }), aSegment({ start: 20, end: 22 })],
  layOutParts([aRecording({ duration: 40 })]),
)

describe('skipTo', () => {
  it.each([
    [0, 3.7], // ring tone at the head
    [5.5, null], // somebody speaks
    [9.2, null], // a short pause
    [12, 19.7],
    [19, null], // nearly there
    [23, null], // nobody speaks any more
  ])('from %s to %s', (time, target) => {
    expect(skipTo(turns, 0, time)).toBe(target)
  })

  it('knows parts apart', () => {
    expect(skipTo(turns, 1, 0)).toBeNull()
  })
})

it('steps through the speeds', () => {
  expect(nextSpeed(1, 1)).toBe(1.25)
  expect(nextSpeed(1, -1)).toBe(0.75)
  expect(nextSpeed(2.5, 1)).toBe(2.5)
  expect(nextSpeed(0.5, -1)).toBe(0.5)
})
