import type { DutyAutomation } from '@/api/types'

/** How a duty's measured precision stands to the wanted one. */
export type Standing = 'unmeasured' | 'meets' | 'open' | 'fails'

/** `meets` and `fails` where the whole interval is on one side; in between it is open. */
export function standing(duty: Pick<DutyAutomation, 'low' | 'high' | 'wanted_precision' | 'samples'>): Standing {
  if (duty.samples === 0 || duty.low === null || duty.high === null) return 'unmeasured'
  if (duty.high < duty.wanted_precision) return 'fails'
  return duty.low >= duty.wanted_precision ? 'meets' : 'open'
}

export const STANDINGS: Readonly<Record<Standing, string>> = {
  unmeasured: '尚无抽样',
  meets: '达标',
  open: '样本不足，未定',
  fails: '低于要求',
}

/** A share between 0 and 1 as percent; one decimal where it is near the ends, where that matters. */
export function percent(share: number | null): string {
  if (share === null) return '—'
  const value = share * 100
  return `${value > 95 && value < 100 ? value.toFixed(1) : Math.round(value)}%`
}

/** What must be looked at first: stopped, then failing, then busy ones. */
export function compareDuties(a: DutyAutomation, b: DutyAutomation): number {
  return rank(a) - rank(b) || b.automatic_today - a.automatic_today || a.category.localeCompare(b.category)
}

function rank(duty: DutyAutomation): number {
  if (duty.stopped?.by === 'measured') return 0
  return standing(duty) === 'fails' ? 1 : 2
}
