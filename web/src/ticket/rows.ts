import type { Call, City, Ticket } from '@/api/types'
import { formatMoment } from '@/display/time'

import { contactLine, dutyName, hidesCaller, maskNumber, placeLine, yuan } from './wording'

/** One line of the ticket: what it says, and which fields of the evidence it was read from. */
export interface TicketRow {
  label: string
  value: string
  /** Smaller text after the value, such as a code. */
  note?: string
  fields: readonly string[]
  /** What is shown instead until somebody asks for the value. */
  masked?: string
}

/** The ticket's facts in the order in which an operator checks them; what is not known is said, not left out. */
export function ticketRows(ticket: Ticket, city: City | null, call: Pick<Call, 'caller_number'>): TicketRow[] {
  const rows: TicketRow[] = [
    { label: '诉求类型', value: ticket.appeal_type ?? '', fields: ['appeal_type'] },
    {
      label: '诉求分类',
      value: dutyName(city, ticket.category) || (ticket.category ?? ''),
      note: dutyName(city, ticket.category) ? (ticket.category ?? '') : '',
      fields: ['category'],
    },
    { label: '地点', value: placeLine(ticket.place), fields: ['place'] },
    contactRow(ticket, call),
    { label: '发生时间', value: ticket.occurred ? formatMoment(ticket.occurred) : '', fields: ['occurred'] },
    { label: '被反映方', value: ticket.party ?? '', fields: ['party'] },
    { label: '涉及金额', value: ticket.amount_yuan === null ? '' : yuan(ticket.amount_yuan), fields: ['amount_yuan'] },
    {
      label: '涉及人数',
      value: ticket.people_affected === null ? '' : `${ticket.people_affected} 人`,
      fields: ['people_affected'],
    },
    { label: '重复来电', value: ticket.repeat_call ? '是，此前就同一事项来电' : '否', fields: ['repeat_call'] },
  ]
  return rows
}

function contactRow(ticket: Ticket, call: Pick<Call, 'caller_number'>): TicketRow {
  const { contact } = ticket
  const callback = contact?.callback_number
  const number = callback ?? call.caller_number
  const who = contactLine(contact)
  const note = callback ? '' : number ? '来电号码，通话中未另留号码' : ''
  const value = [who, number].filter(Boolean).join(' · ')
  const hidden = hidesCaller(ticket) && value !== ''
  return {
    label: '联系方式',
    value,
    note,
    fields: ['contact'],
    masked: hidden
      ? [contact?.surname ? `${contact.surname}**` : who, number ? maskNumber(number) : ''].filter(Boolean).join(' · ')
      : undefined,
  }
}
