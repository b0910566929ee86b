import type { City, Contact, Lead, Place, SubOrder, Ticket } from '@/api/types'
import { LEVELS, SERVICES, labelOf } from '@/display/labels'

/** A place on one line, largest first. */
export function placeLine(place: Place | null): string {
  if (!place) return ''
  return [place.district, place.street, place.name, place.detail]
    .filter((part, i, all) => part && all.indexOf(part) === i)
    .join(' · ')
}

/** Whom to call back, without the number. */
export function contactLine(contact: Contact | null): string {
  if (!contact) return ''
  const title = contact.gender === '男' ? '先生' : contact.gender === '女' ? '女士' : ''
  const name = contact.surname ? `${contact.surname}${title || '（性别未知）'}` : title
  return [contact.anonymous ? '匿名' : '', name].filter(Boolean).join(' · ')
}

/** A number with its middle hidden; short ones are hidden wholly. */
export function maskNumber(number: string): string {
  return number.length < 7 ? '*'.repeat(number.length) : number.slice(0, 3) + '*'.repeat(number.length - 7) + number.slice(-4)
}

/** Where a unit stands: level, district, street. */
export function unitLine(unit: Pick<Lead | SubOrder, 'level' | 'district' | 'street'>): string {
  return [labelOf(LEVELS, unit.level), unit.district, unit.street].filter(Boolean).join(' · ')
}

/** Where a ticket goes, in a few words: the department, the services, the channel, or that it goes nowhere. */
export function destination(ticket: Pick<Ticket, 'disposition' | 'lead' | 'handover'>): string {
  switch (ticket.disposition) {
    case 'dispatch':
      return ticket.lead?.department ?? '待定'
    case 'emergency':
      return ticket.handover.map((service) => labelOf(SERVICES, service)).join('、')
    case 'redirect':
      return ticket.handover.join('、') || '告知法定渠道'
    case 'answer':
      return '热线直接答复'
    case 'none':
      return '—'
  }
}

/** A duty's code with its names, e.g. `噪声扰民 / 建筑施工噪声`. */
export function dutyName(city: City | null, code: string | null): string {
  const duty = city?.duties.find((entry) => entry.code === code)
  return duty ? `${duty.level1} / ${duty.level2}` : ''
}

/** The law that a duty rests on. */
export function dutyBasis(city: City | null, code: string | null): string {
  return city?.duties.find((entry) => entry.code === code)?.basis ?? ''
}

/** An amount with thousands apart. */
export function yuan(amount: number): string {
  return `${amount.toLocaleString('zh-CN', { maximumFractionDigits: 2 })} 元`
}

/** Whether the caller's name and number are to be hidden until somebody asks for them. */
export function hidesCaller(ticket: Pick<Ticket, 'flags' | 'appeal_type'>): boolean {
  return ticket.flags.includes('confidential') || ticket.appeal_type === '举报'
}
