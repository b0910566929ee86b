/** Queue, claims and review, from the OpenAPI document. */
import type { Filled, Schemas } from './filled'
import type { Ticket } from './types'

export type Person = Filled<Schemas['Person']>
export type Claim = Filled<Schemas['Claim']>
export type ItemClaim = Filled<Schemas['ItemClaim']>
export type QueueCounts = Filled<Schemas['QueueCounts']>
export type QueueItem = Filled<Schemas['QueueItem']>
export type ReviewCandidate = Filled<Schemas['ReviewCandidate']>
export type HeardWords = Filled<Schemas['HeardWords']>
export type Sibling = Filled<Schemas['Sibling']>
export type HistoryEntry = Filled<Schemas['TicketEvent']>
/** The caller's identity, shown to this account until `until`. */
export type Revealed = Filled<Schemas['Revealed']>
/** What follows from what was entered: lead, level and disposition are never entered. */
export type FormCheck = Filled<Schemas['Check']>
export type ConcludingAction = FormCheck['action']

/** What a person changed; what is left out stays. */
export type TicketEdit = Partial<Schemas['TicketEdit']>
export type TicketField = keyof TicketEdit
/** Every field of the form with a value. */
export type TicketValues = Omit<Required<TicketEdit>, 'place' | 'contact' | 'co_handlers' | 'handover'> & {
  place: Ticket['place']
  contact: Ticket['contact']
  co_handlers: string[]
  handover: string[]
}

export type Draft = Omit<Filled<Schemas['Draft']>, 'fields'> & { fields: TicketEdit }
export type Review = Omit<Filled<Schemas['Review']>, 'ticket' | 'draft' | 'evidence'> & {
  ticket: Ticket
  draft: Draft | null
  evidence: Record<string, HeardWords[]>
}

export type QueueView = 'open' | 'mine' | 'assigned' | 'all'

/** Text is empty where it narrows nothing. */
export interface QueueFilter {
  q: string
  dialect: string
  district: string
  category: string
  urgency: string
  flag: string
  source: string
  since: string
  until: string
  view: QueueView
}

/** A place of the list; null where it has no such level. */
export interface CityPlace {
  kind: string
  name: string
  district: string | null
  street: string | null
  community: string | null
}
