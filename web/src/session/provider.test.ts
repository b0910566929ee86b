import { describe, expect, it } from 'vitest'

import { pageAddress, providerAddress, refusalOf } from './provider'

describe('pageAddress', () => {
  it.each([
    ['/calls?state=failed', '/calls?state=failed'],
    ['//elsewhere.example', '/'],
    ['/\\elsewhere.example', '/'],
    ['https://elsewhere.example', '/'],
    [undefined, '/'],
    [['/a', '/b'], '/'],
  ])('%s leads to %s', (wanted, address) => {
    expect(pageAddress(wanted)).toBe(address)
  })
})

describe('providerAddress', () => {
  it('takes along where to go on', () => {
    expect(providerAddress('/v1/session/oidc', '/')).toBe('/v1/session/oidc')
    expect(providerAddress('/v1/session/oidc', '/calls?q=噪声&state=failed')).toBe('/v1/session/oidc?next=%2Fcalls%3Fq%3D%E5%99%AA%E5%A3%B0%26state%3Dfailed')
  })
})

describe('refusalOf', () => {
  it('explains each reason, also one it has not heard of', () => {
    expect(refusalOf('no-role')?.action).toContain('角色')
    expect(refusalOf('new-reason')?.title).toContain('没有成功')
    expect(refusalOf(undefined)).toBeNull()
  })
})
