import { beijingClock } from '@/display/time'

export type PeriodName = 'today' | 'week' | 'month'

export interface Period {
  since: string
  until: string
}

const DAYS: Readonly<Record<PeriodName, number>> = { today: 1, week: 7, month: 30 }
export const PERIODS: Readonly<Record<PeriodName, string>> = { today: '今天', week: '近 7 天', month: '近 30 天' }
const DAY_MILLISECONDS = 86_400_000

/** The Beijing days of a period that ends today, both included. */
export function periodOf(name: PeriodName, now: Date): Period {
  const first = new Date(now.getTime() - (DAYS[name] - 1) * DAY_MILLISECONDS)
  return { since: beijingClock(first).slice(0, 10), until: beijingClock(now).slice(0, 10) }
}

/** Seconds in words, for waiting and working times. */
export function spoken(seconds: number | null): string {
  if (seconds === null) return '—'
  if (seconds < 60) return `${Math.round(seconds)} 秒`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} 分 ${Math.round(seconds % 60)} 秒`
  return `${(seconds / 3600).toFixed(1)} 小时`
}
