import { describe, expect, it } from 'vitest'

import { mergeDrafts, same, withField } from './draft'

describe('mergeDrafts', () => {
  it('keeps what only one side changed', () => {
    const merged = mergeDrafts({ title: '旧' }, { title: '新' }, { title: '旧', urgency: 'urgent' })
    expect(merged).toEqual({ fields: { title: '新', urgency: 'urgent' }, clashes: [], taken: ['urgency'] })
  })

  it('keeps mine where both changed, and says so', () => {
    const { fields, clashes } = mergeDrafts({ title: '旧' }, { title: '我的' }, { title: '别人的' })
    expect(fields.title).toBe('我的')
    expect(clashes).toEqual([{ field: 'title', mine: '我的', theirs: '别人的' }])
  })

  it('is no clash where both came to the same', () => {
    expect(mergeDrafts({}, { flags: ['minor', 'group'] }, { flags: ['group', 'minor'] }).clashes).toEqual([])
  })

  it('takes back what the other side took back', () => {
    expect(mergeDrafts({ title: '改过' }, { title: '改过' }, {})).toEqual({ fields: {}, clashes: [], taken: ['title'] })
  })
})

describe('withField', () => {
  const machine = { title: '夜间施工噪声', place: { district: '望江区', street: null, name: null, detail: null } }

  it('holds a change', () => {
    expect(withField({}, machine, 'title', '施工噪声')).toEqual({ title: '施工噪声' })
  })

  it('drops a change that was taken back', () => {
    expect(withField({ title: '施工噪声' }, machine, 'title', '夜间施工噪声')).toEqual({})
    expect(withField({}, machine, 'place', { district: '望江区', street: '', name: '', detail: '' })).toEqual({})
  })

  it('holds that a field was emptied', () => {
    expect(withField({}, machine, 'place', null)).toEqual({ place: null })
  })
})

it.each([
  [null, '', true],
  [undefined, [], true],
  [false, null, false],
  [0, null, false],
  ['a', 'b', false],
])('same(%j, %j) is %s', (a, b, expected) => {
  expect(same(a, b)).toBe(expected)
})
