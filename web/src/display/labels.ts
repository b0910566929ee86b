import type { CallState, Disposition, Level, Mode, Role, Urgency } from '@/api/types'

/** Words for the codes of the API. A code without a word shows itself, so that nothing vanishes from view. */
export function labelOf(labels: Readonly<Record<string, string>>, code: string | null | undefined): string {
  return code ? (labels[code] ?? code) : ''
}

export const CALL_STATES: Record<CallState, string> = {
  waiting: '处理录音中',
  structuring: '生成工单中',
  ticketed: '已成单',
  failed: '处理失败',
}

export const DISPOSITIONS: Record<Disposition, string> = {
  dispatch: '派单',
  answer: '直接答复',
  redirect: '引导至法定渠道',
  emergency: '紧急移交',
  none: '无诉求',
}

/** In the order in which a ticket goes through them. */
export const TICKET_STATES = ['待审核', '已派发', '已签收', '退回', '办理中', '已答复', '已回访', '办结'] as const

export const MODES: Record<Mode, string> = { auto: '自动', review: '待审' }

export const URGENCIES: Record<Urgency, string> = { critical: '危急', urgent: '紧急', normal: '一般' }

export const LEVELS: Record<Level, string> = {
  city: '市级',
  district: '区级',
  utility: '公用企业',
  grassroots: '街道（乡镇）',
}

export const ROLES: Record<Role, string> = { operator: '坐席', citizen: '来电人', other: '其他' }

export const FLAGS: Record<string, string> = {
  group: '群体诉求',
  minor: '涉未成年人',
  elderly: '涉老年人',
  disabled: '涉残疾人',
  threat: '扬言过激',
  self_harm: '自伤风险',
  unreasonable: '诉求不合理',
  malicious: '疑似恶意',
  confidential: '要求保密',
  legal_process: '已入法律程序',
}

/** Flags that an operator must not overlook. */
export const GRAVE_FLAGS: ReadonlySet<string> = new Set(['threat', 'self_harm', 'confidential', 'minor'])

export const DIALECTS: Record<string, string> = {
  mandarin: '普通话',
  cantonese: '粤语',
  wu: '吴语',
  minnan: '闽南语',
  hakka: '客家话',
  sichuan: '西南官话',
  northeast: '东北话',
  zhongyuan: '中原官话',
  xiang: '湘语',
  jin: '晋语',
  jianghuai: '江淮官话',
  gan: '赣语',
  unknown: '方言未定',
}

export const SERVICES: Record<string, string> = {
  '110': '110 公安',
  '119': '119 消防',
  '120': '120 急救',
  '122': '122 交通事故',
}

export const ACCOUNT_ROLES: Readonly<Record<string, string>> = {
  intake: '送录音',
  operator: '坐席',
  supervisor: '值班长',
  admin: '管理员',
}
