import { beforeAll, describe, expect, it } from 'vitest'

import { indexDuties, pinyinReader, searchDuties, type Duty, type IndexedDuty } from './dutySearch'

const duty = (code: string, level1: string, level2: string, lead: string, note = ''): Duty => ({ code, level1, level2, lead, note }) as Duty

let index: IndexedDuty[]
beforeAll(async () => {
  index = indexDuties(
    [
      duty('NV01', '噪声扰民', '建筑施工噪声', '生态环境局', '夜间施工许可'),
      duty('NV03', '噪声扰民', '商业经营噪声(音响、空调外机)', '城市管理局'),
      duty('WT01', '供水', '停水', '自来水公司'),
      duty('BK02', '金融', '银行服务', '金融监管局'),
    ],
    await pinyinReader(),
  )
})

describe('searchDuties', () => {
  it.each([
    ['nv01', 'NV01'],
    ['施工', 'NV01'],
    ['jzsg', 'NV01'],
    ['停水', 'WT01'],
    ['ts', 'WT01'],
    ['kongtiao', 'NV03'],
    ['yhfw', 'BK02'], // 行 read as in 银行
    ['自来水', 'WT01'],
    ['夜间', 'NV01'],
    ['jz sg', 'NV01'],
  ])('finds by %s', (query, code) => {
    expect(searchDuties(index, query)[0]?.code).toBe(code)
  })

  it('finds nothing where nothing fits, and all where nothing is asked', () => {
    expect(searchDuties(index, 'xyz')).toEqual([])
    expect(searchDuties(index, ' ')).toHaveLength(4)
  })

  it('puts names before departments', () => {
    const found = searchDuties(indexDuties([duty('A1', '甲', '乙', '供水局'), duty('B1', '供水', '水压', '某局')], (text) => Array.from(text)), '供水')
    expect(found.map((one) => one.code)).toEqual(['B1', 'A1'])
  })
})
