import type { City, Contact, Place, TicketField } from '@/api/types'
import { FLAGS, SERVICES, URGENCIES, labelOf } from '@/display/labels'
import { contactLine, dutyName, placeLine } from '@/ticket/wording'

/** A field's value in words, whichever field it is. */
export function shownValue(field: TicketField, value: unknown, city: City | null): string {
  if (value === undefined) return '（未改）'
  if (value === null || value === '') return '（空）'
  switch (field) {
    case 'category':
      return dutyName(city, text(value)) || text(value)
    case 'place':
      return placeLine(value as Place)
    case 'contact':
      return [contactLine(value as Contact), (value as Contact).callback_number].filter(Boolean).join(' · ')
    case 'urgency':
      return labelOf(URGENCIES, value as string)
    case 'repeat_call':
      return value === true ? '是' : '否'
    case 'flags':
      return listed(value as string[], FLAGS)
    case 'handover':
    case 'co_handlers':
      return listed(value as string[], SERVICES)
    default:
      return text(value)
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function listed(codes: readonly string[], labels: Readonly<Record<string, string>>): string {
  return codes.map((code) => labelOf(labels, code)).join('、') || '（无）'
}
