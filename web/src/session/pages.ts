import type { Scope } from '@/api/types'

import { account, may } from './session'

interface NavigationPage {
  name: string
  label: string
  scope: Scope
  /** Pages that belong to it. */
  holds?: readonly string[]
  /** A key may look but not take calls. */
  forAccounts?: boolean
}

const PAGES: readonly NavigationPage[] = [
  { name: 'queue', label: '待办', scope: 'review', holds: ['review'], forAccounts: true },
  { name: 'calls', label: '来电', scope: 'review', holds: ['call'] },
  { name: 'govern', label: '自动派单', scope: 'supervise' },
  { name: 'supervise', label: '统计', scope: 'supervise' },
  { name: 'audit', label: '审计', scope: 'supervise' },
  { name: 'accounts', label: '账号', scope: 'admin', forAccounts: true },
]

/** The pages that who is signed in may open, in the order in which the header shows them. */
export function pagesFor(): NavigationPage[] {
  return PAGES.filter((page) => may(page.scope) && (account.value !== null || !page.forAccounts))
}

/** Where one starts after signing in. */
export function firstPage(): string {
  return pagesFor()[0]?.name ?? 'calls'
}
