import type { Review, Ticket, TicketEdit, TicketField, TicketValues } from '@/api/types'

/** The fields of a ticket that a person may change, as the machine (or the last version) filled them. */
export function machineFields(ticket: Ticket): TicketValues {
  return {
    appeal_type: ticket.appeal_type as TicketValues['appeal_type'],
    category: ticket.category,
    place: ticket.place && { district: ticket.place.district, street: ticket.place.street, name: ticket.place.name, detail: ticket.place.detail },
    contact: ticket.contact && {
      surname: ticket.contact.surname,
      gender: ticket.contact.gender,
      callback_number: ticket.contact.callback_number,
      anonymous: ticket.contact.anonymous,
    },
    occurred: ticket.occurred,
    urgency: ticket.urgency as TicketValues['urgency'],
    amount_yuan: ticket.amount_yuan,
    people_affected: ticket.people_affected,
    party: ticket.party,
    repeat_call: ticket.repeat_call,
    flags: ticket.flags as TicketValues['flags'],
    title: ticket.title,
    summary: ticket.summary,
    co_handlers: ticket.co_handlers,
    handover: ticket.handover,
  }
}

/** What may be sent: a masked identity is not the ticket's, and is never sent back. */
export function sendable(fields: TicketEdit, review: Pick<Review, 'masked'>): TicketEdit {
  if (!review.masked) return fields
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'contact'))
}

export const FIELD_LABELS: Readonly<Record<TicketField, string>> = {
  appeal_type: '诉求类型',
  category: '诉求分类',
  place: '地点',
  contact: '联系方式',
  occurred: '发生时间',
  urgency: '紧急程度',
  amount_yuan: '涉及金额',
  people_affected: '涉及人数',
  party: '被反映方',
  repeat_call: '重复来电',
  flags: '标记',
  title: '标题',
  summary: '诉求内容',
  co_handlers: '协办',
  handover: '移交',
}

export const APPEAL_TYPES = ['咨询', '求助', '投诉', '举报', '建议', '表扬'] as const

/** The field that a pointer of the server's form check means, e.g. `/fields/place/street`. */
export function fieldOfPointer(pointer: string): TicketField | null {
  const name = pointer.replace(/^\/(fields\/)?/, '').split('/')[0] ?? ''
  return name in FIELD_LABELS ? (name as TicketField) : null
}
