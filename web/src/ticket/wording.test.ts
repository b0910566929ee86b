import { describe, expect, it } from 'vitest'

import type { City } from '@/api/types'
import { aTicket } from '@/testing'

import { ticketRows } from './rows'
import { destination, dutyName, maskNumber, placeLine, unitLine } from './wording'

const CITY = {
  version: '1',
  duties: [{ code: 'NV01', level1: '噪声扰民', level2: '建筑施工噪声', basis: '噪声污染防治法第39-43条' }],
} as unknown as City

const row = (ticket: ReturnType<typeof aTicket>, label: string, caller: string | null = '18785539604') => {
  const found = ticketRows(ticket, CITY, { caller_number: caller }).find((entry) => entry.label === label)
  if (!found) throw new Error(`no row ${label}`)
  return found
}

describe('destination', () => {
  it.each([
    [aTicket(), '生态环境局'],
    [aTicket({ lead: null }), '待定'],
    [aTicket({ disposition: 'emergency', lead: null, handover: ['119', '120'] }), '119 消防、120 急救'],
    [aTicket({ disposition: 'redirect', lead: null, handover: ['信访部门'] }), '信访部门'],
    [aTicket({ disposition: 'answer', lead: null }), '热线直接答复'],
    [aTicket({ disposition: 'none', lead: null }), '—'],
  ])('%#', (ticket, shown) => {
    expect(destination(ticket)).toBe(shown)
  })
})

describe('lines', () => {
  it('names a duty, and shows the code where the city list does not know it', () => {
    expect(dutyName(CITY, 'NV01')).toBe('噪声扰民 / 建筑施工噪声')
    expect(row(aTicket({ category: 'ZZ99' }), '诉求分类').value).toBe('ZZ99')
  })

  it('leaves out repeated and unknown parts of a place', () => {
    expect(placeLine({ district: '望江区', street: null, name: '望江区', detail: '3号楼' })).toBe('望江区 · 3号楼')
    expect(placeLine(null)).toBe('')
  })

  it('says where a unit stands', () => {
    expect(unitLine({ level: 'grassroots', district: '望江区', street: '滨江街道' })).toBe('街道（乡镇） · 望江区 · 滨江街道')
  })

  it.each([['18785539604', '187****9604'], ['02588776655', '025****6655'], ['12345', '*****']])('masks %s', (number, shown) => {
    expect(maskNumber(number)).toBe(shown)
  })
})

describe('contact', () => {
  const contact = { surname: '邱', gender: '男' as const, callback_number: '13900001111', anonymous: false }

  it('shows the number given in the call rather than the caller number', () => {
    expect(row(aTicket({ contact }), '联系方式')).toMatchObject({ value: '邱先生 · 13900001111', note: '' })
    expect(row(aTicket(), '联系方式').note).not.toBe('')
  })

  it.each([{ flags: ['confidential'] }, { appeal_type: '举报' }])('hides who called for %j', (over) => {
    const { masked } = row(aTicket({ contact, ...over }), '联系方式')
    expect(masked).toContain('139****1111')
    expect(masked).not.toContain('先生')
  })

  it('hides nothing otherwise, and nothing that is not there', () => {
    expect(row(aTicket({ contact }), '联系方式').masked).toBeUndefined()
    expect(row(aTicket({ flags: ['confidential'] }), '联系方式', null).masked).toBeUndefined()
  })
})
