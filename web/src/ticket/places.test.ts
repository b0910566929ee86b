import { describe, expect, it } from 'vitest'

import type { CityPlace } from '@/api/types'

import { EMPTY_PLACE, districtsOf, namesOf, placeOrNull, streetsOf, withDistrict, withName, withStreet } from './places'

const place = (kind: string, name: string, district: string | null, street: string | null = null): CityPlace => ({ kind, name, district, street, community: null })
const PLACES = [
  place('district', '望江区', '望江区'),
  place('district', '云岭区', '云岭区'),
  place('street', '滨江街道', '望江区', '滨江街道'),
  place('street', '文昌街道', '望江区', '文昌街道'),
  place('town', '石桥镇', '云岭区', '石桥镇'),
  place('estate', '锦绣花园', '望江区', '滨江街道'),
  place('estate', '锦绣花园', '云岭区', '石桥镇'),
  place('road', '中山路', '望江区'),
  place('estate', '新锦绣苑', '望江区', '文昌街道'),
]

describe('choices', () => {
  it('narrow from district to street to name', () => {
    expect(districtsOf(PLACES)).toEqual(['望江区', '云岭区'])
    expect(streetsOf(PLACES, '云岭区').map((one) => one.name)).toEqual(['石桥镇'])
    expect(streetsOf(PLACES, null)).toHaveLength(3)
    const within = { ...EMPTY_PLACE, district: '望江区', street: '滨江街道' }
    expect(namesOf(PLACES, within, '').map((one) => one.name)).toEqual(['锦绣花园', '中山路'])
  })

  it('tell namesakes apart, those that begin with the query first', () => {
    const found = namesOf(PLACES, EMPTY_PLACE, '锦绣')
    expect(found.map((one) => [one.name, one.district])).toEqual([['锦绣花园', '望江区'], ['锦绣花园', '云岭区'], ['新锦绣苑', '望江区']])
    expect(new Set(found.map((one) => one.key)).size).toBe(3)
  })
})

describe('choosing', () => {
  const here = { district: '望江区', street: '滨江街道', name: '锦绣花园', detail: '3号楼' }

  it('a name says street and district', () => {
    const [, elsewhere] = namesOf(PLACES, EMPTY_PLACE, '锦绣')
    expect(withName(EMPTY_PLACE, elsewhere ?? null)).toMatchObject({ name: '锦绣花园', district: '云岭区', street: '石桥镇' })
  })

  it('a street says the district, and drops a name of another street', () => {
    expect(withStreet(PLACES, EMPTY_PLACE, '石桥镇')).toMatchObject({ district: '云岭区', street: '石桥镇' })
    expect(withStreet(PLACES, here, '文昌街道')).toEqual({ district: '望江区', street: '文昌街道', name: null, detail: '3号楼' })
  })

  it('another district drops the street, and keeps a name that is there too', () => {
    expect(withDistrict(PLACES, here, '云岭区')).toEqual({ district: '云岭区', street: null, name: '锦绣花园', detail: '3号楼' })
    expect(withDistrict(PLACES, { ...here, name: '中山路' }, '云岭区').name).toBeNull()
  })

  it('keeps a name that the list does not know', () => {
    expect(withDistrict(PLACES, { ...here, name: '老粮库' }, '云岭区').name).toBe('老粮库')
  })

  it('with nothing left is no place', () => {
    expect(placeOrNull({ ...EMPTY_PLACE, detail: '' })).toBeNull()
    expect(placeOrNull(here)).toEqual(here)
  })
})
