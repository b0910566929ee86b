import { describe, expect, it } from 'vitest'

import type { Word } from '@/api/types'

import { annotate, startAt, startOfQuote } from './annotate'

const word = (text: string, start: number, confidence = 0.9): Word => ({ text, start, end: start + 0.2, confidence })

const TEXT = '临湖工业园，华兴五金，冲压车间。'
const WORDS = [word('临湖', 1, 0.3), word('工业园', 1.4), word('华兴', 2), word('五金', 2.4, 0.2), word('冲压', 3), word('车间', 3.4)]

describe('annotate', () => {
  it('never loses or adds a character', () => {
    const runs = annotate(TEXT, WORDS, ['华兴五金', '工业园，华'])
    expect(runs.map((run) => run.text).join('')).toBe(TEXT)
  })

  it('marks unsure words where they stand in the punctuated text', () => {
    const unsure = annotate(TEXT, WORDS, []).filter((run) => run.unsure !== null)
    expect(unsure.map((run) => [run.text, run.unsure])).toEqual([['临湖', 0.3], ['五金', 0.2]])
  })

  it('marks quoted words, also where they overlap unsure ones', () => {
    const runs = annotate(TEXT, WORDS, ['华兴五金'])
    expect(runs.filter((run) => run.evidence).map((run) => run.text).join('')).toBe('华兴五金')
    expect(runs.find((run) => run.text === '五金')).toMatchObject({ evidence: true, unsure: 0.2 })
  })

  it('finds the right one of equal words, and skips words that the correction changed', () => {
    const runs = annotate('对，对对，好', [word('对', 1), word('对', 2, 0.1), word('队', 3, 0.1), word('好', 4)], [])
    expect(runs.map((run) => run.text)).toEqual(['对，', '对', '对，好'])
  })

  it('takes a quote that is not there, and text without words, as they are', () => {
    expect(annotate('喂', [], ['别的'])).toEqual([{ text: '喂', unsure: null, evidence: false, bearing: false, start: null }])
    expect(annotate('', [], [])).toEqual([])
  })
})

describe('startOfQuote', () => {
  it('is the start of the first word in the quote', () => {
    expect(startOfQuote(TEXT, WORDS, '华兴五金')).toBe(2)
  })

  it('is unknown where the words are', () => {
    expect(startOfQuote(TEXT, [], '华兴')).toBeNull()
    expect(startOfQuote(TEXT, WORDS, '别处')).toBeNull()
  })
})

describe('bearing words', () => {
  it('are marked apart from those of the field in view', () => {
    const runs = annotate(TEXT, WORDS, ['华兴'], ['临湖工业园', '华兴五金'])
    expect(runs.filter((run) => run.bearing).map((run) => run.text).join('')).toBe('临湖工业园华兴五金')
    expect(runs.filter((run) => run.evidence).map((run) => run.text)).toEqual(['华兴'])
  })
})

describe('startAt', () => {
  it.each([
    [0, 1],
    [3, 1.4],
    [5, 1.4], // the comma belongs to what was before it
    [6, 2],
  ])('character %i is heard at %f', (offset, start) => {
    expect(startAt(TEXT, WORDS, offset)).toBe(start)
  })

  it('is unknown without words', () => {
    expect(startAt(TEXT, [], 3)).toBeNull()
  })
})
