/** What the API answers, from its OpenAPI document (`npm run api-types`). Times are ISO 8601, durations seconds. */
import type { Filled, Schemas } from './filled'

export type * from './reviewTypes'
export type * from './supervisionTypes'

export type Role = Schemas['CallSegment']['role']
export type Disposition = Schemas['Ticket']['disposition']
export type Mode = Schemas['Ticket']['mode']
export type CallState = Schemas['Call']['state']
export type RecordingState = Schemas['Recording']['state']
export type Scope = Schemas['Session']['scopes'][number]
export type RecordingStep = Schemas['RecordingRerun']['from']
/** States of a step; plain text in the schema. */
export type StepState = 'waiting' | 'running' | 'done' | 'failed'
/** Urgency and level are plain text in the schema: the city's own words may be added. */
export type Urgency = 'critical' | 'urgent' | 'normal'
export type Level = 'city' | 'district' | 'utility' | 'grassroots'

export type Progress = Filled<Schemas['Progress']>
export type Recording = Filled<Schemas['Recording']>
export type Lead = Filled<Schemas['Handler']>
export type Place = Filled<Schemas['Place']>
export type Contact = Filled<Schemas['Contact']>
export type EvidenceWords = Filled<Schemas['Evidence']>
export type SubOrder = Filled<Schemas['SubOrder']>
export type Alert = Filled<Schemas['Alert']>
export type Word = Filled<Schemas['Word']>
export type Segment = Filled<Schemas['CallSegment']>
export type CallPart = Filled<Schemas['CallPart']>
export type Transcript = Filled<Schemas['CallTranscript']>
export type RecordingTranscript = Filled<Schemas['Transcript']>
export type City = Filled<Schemas['City']>
export type Session = Filled<Schemas['Session']>
export type SignInWays = Filled<Schemas['SignInWays']>
export type Colleague = Filled<Schemas['Colleague']>
export type Account = Filled<Schemas['Account']>
export type AccountRole = Account['role']
export type IssuedPassword = Filled<Schemas['IssuedPassword']>
export type AuditEntry = Filled<Schemas['AuditEntry']>
export type Candidate = Filled<Schemas['Candidate']>

export interface FurtherMatter {
  category: string
  place: Place | null
  summary: string
}

export type Ticket = Omit<Filled<Schemas['Ticket']>, 'co_handlers' | 'evidence' | 'further_matters'> & {
  co_handlers: string[]
  evidence: Record<string, EvidenceWords[]>
  further_matters: FurtherMatter[]
}

export type Call = Omit<Filled<Schemas['Call']>, 'ticket' | 'further_tickets'> & { ticket: Ticket | null; further_tickets: Ticket[] }

/** RFC 9457, and the failures of recordings and calls, which share its names. */
export interface ProblemDocument {
  type?: string | null
  title?: string | null
  status?: number | null
  detail?: string | null
  code?: string | null
  errors?: { in?: string; pointer?: string; parameter?: string; detail: string }[]
}
