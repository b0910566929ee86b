import type { ConcludingAction, FormCheck } from '@/api/types'
import { SERVICES, labelOf } from '@/display/labels'
import type { ShortcutId } from '@/shortcuts/shortcuts'
import { unitLine } from '@/ticket/wording'

/** What can be done with a ticket, and what is asked before it is done. */
export interface Decision {
  action: ConcludingAction | 'send-back'
  shortcut: ShortcutId
  label: string
  /** Text that is asked for. */
  asks: 'answer' | 'wording' | 'note' | null
}

export const DECISIONS: readonly Decision[] = [
  { action: 'dispatch', shortcut: 'act.dispatch', label: '派单', asks: null },
  { action: 'handover', shortcut: 'act.handover', label: '紧急移交', asks: null },
  { action: 'answer', shortcut: 'act.answer', label: '直接答复', asks: 'answer' },
  { action: 'redirect', shortcut: 'act.redirect', label: '引导', asks: 'wording' },
  { action: 'close', shortcut: 'act.none', label: '无诉求结案', asks: null },
  { action: 'send-back', shortcut: 'act.release', label: '退回', asks: 'note' },
]

/** How the ticket is concluded, which follows from its duty; null until that is known. */
export function conclusionOf(check: FormCheck | null): Decision | null {
  return DECISIONS.find(({ action }) => action === check?.action) ?? null
}

export function decisionOf(action: Decision['action']): Decision | null {
  return DECISIONS.find((decision) => decision.action === action) ?? null
}

/** Whom it goes to, in the words in which it is confirmed. */
export function outcome(action: Decision['action'], check: FormCheck): string {
  switch (action) {
    case 'dispatch': {
      const unit = check.lead ? [check.lead.department, unitLine(check.lead)].filter(Boolean).join(' · ') : '承办单位未定'
      return check.co_handlers.length ? `${unit}；协办 ${check.co_handlers.join('、')}` : unit
    }
    case 'handover':
      return check.handover.map((service) => labelOf(SERVICES, service)).join('、') || '未选移交单位'
    case 'answer':
      return '由热线答复，不派单'
    case 'redirect':
      return check.handover.join('、') || '告知法定渠道'
    case 'close':
      return '没有诉求，不派单'
    case 'send-back':
      return '放回队列，已填内容保留'
  }
}
