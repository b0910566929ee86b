import { describe, expect, it } from 'vitest'

import { takeKey } from './addressKey'

describe('takeKey', () => {
  it.each([
    ['http://h:8345/#key=abc_-123', 'abc_-123', '/'],
    ['http://h:8345/?key=abc', 'abc', '/'],
    ['http://h:8345/calls/call_1?key=abc&next=x#top=1', 'abc', '/calls/call_1?next=x#top=1'],
    ['http://h:8345/calls#key=a%2Bb', 'a+b', '/calls'],
    ['http://h:8345/calls#turn-3', null, '/calls#turn-3'],
    ['http://h:8345/#key=', null, '/'],
  ])('%s', (href, key, cleaned) => {
    expect(takeKey(href)).toEqual({ key, cleaned })
  })
})
