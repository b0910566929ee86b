import type { Candidate, Contact, EvidenceWords, Lead, Place, Ticket } from './types'

/** Who did or holds something. */
export interface Person {
  id: string
  name: string
}

export interface Claim {
  ticket_id: string
  operator: Person
  lease_until: string
}

export interface QueueItem {
  ticket_id: string
  call_id: string
  number: string
  matter: number
  title: string
  appeal_type: string | null
  category: string | null
  disposition: Ticket['disposition']
  urgency: string
  confidence: number | null
  district: string | null
  lead_department: string | null
  dialect: string | null
  source: string
  flags: string[]
  mode: Ticket['mode']
  state: string
  needs_review: boolean
  returned: boolean
  waiting_since: string
  claim: { operator: Person; lease_until: string } | null
  assigned_to: Person | null
}

export interface QueueCounts {
  waiting: number
  claimed: number
  mine: number
  assigned: number
  blind_samples: number
  by_urgency: Record<string, number>
  by_district: Record<string, number>
  by_category: Record<string, number>
  by_dialect: Record<string, number>
  by_flag: Record<string, number>
  by_source: Record<string, number>
}

export type QueueView = 'open' | 'mine' | 'assigned' | 'all'

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

/** What a person may change of a ticket. Lead, level and disposition follow from category and place. */
export interface TicketEdit {
  appeal_type?: string | null
  category?: string | null
  place?: Place | null
  contact?: Contact | null
  occurred?: string | null
  urgency?: string | null
  amount_yuan?: number | null
  people_affected?: number | null
  party?: string | null
  repeat_call?: boolean
  flags?: string[]
  title?: string
  summary?: string
  co_handlers?: string[]
  handover?: string[]
}

export type TicketField = keyof TicketEdit

export interface ReviewCandidate extends Candidate {
  level1: string
  level2: string
  basis: string
  note: string
  grassroots_role: string
  /** Why the grassroots may not lead this, or null. */
  guard: string | null
}

export interface HeardWords extends EvidenceWords {
  recording_id: string | null
  /** Seconds from the call's start. */
  start: number | null
  end: number | null
}

export type ConcludingAction = 'dispatch' | 'handover' | 'answer' | 'redirect' | 'close'

export interface Sibling {
  ticket_id: string
  number: string
  matter: number
  title: string
  state: string
}

export interface Review {
  ticket: Ticket
  call_id: string
  etag: string
  state: string
  draft: { fields: TicketEdit; updated_at: string; updated_by: Person } | null
  claim: Claim | null
  assigned_to: Person | null
  note: { text: string; by: Person; at: string } | null
  candidates: ReviewCandidate[]
  evidence: Record<string, HeardWords[]>
  lead_preview: Lead | null
  can_undo: { action: string; at: string; by: Person } | null
  siblings: Sibling[]
  masked: boolean
}

export interface FormCheck {
  disposition: Ticket['disposition']
  lead: Lead | null
  co_handlers: string[]
  handover: string[]
  actions: ConcludingAction[]
  problems: { pointer: string; detail: string }[]
  guard: string | null
}

export interface CityPlace {
  kind: string
  name: string
  district: string | null
  street: string | null
  community: string | null
}
