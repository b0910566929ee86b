import { describe, expect, it } from 'vitest'

import { firstHeard, isHeard, quotesOf } from './evidence'

const EVIDENCE = {
  place: [{ turn: 3, words: '临湖工业园' }, { turn: 5, words: '三号门' }],
  'place.detail': [{ turn: 5, words: '三号门' }, { turn: 1, words: '第二栋' }],
  'flags:confidential': [{ turn: 9, words: '别打这个电话' }],
  placement: [{ turn: 7, words: '其他' }],
}

describe('evidence', () => {
  it('gathers the quotes of a field and its parts by turn, each once', () => {
    expect([...quotesOf(EVIDENCE, ['place'], 10)]).toEqual([[3, ['临湖工业园']], [5, ['三号门']], [1, ['第二栋']]])
  })

  it('leaves out turns that the transcript does not have', () => {
    expect([...quotesOf(EVIDENCE, ['place'], 4).keys()]).toEqual([3, 1])
  })

  it('does not take a longer name for a part', () => {
    expect(isHeard(EVIDENCE, ['plac'])).toBe(false)
    expect(isHeard(EVIDENCE, ['flags'])).toBe(true)
    expect(isHeard(EVIDENCE, ['contact'])).toBe(false)
  })

  it('starts with what was said first', () => {
    expect(firstHeard(EVIDENCE, ['place'])).toEqual({ turn: 1, words: '第二栋' })
    expect(firstHeard(EVIDENCE, ['contact'])).toBeNull()
  })
})
