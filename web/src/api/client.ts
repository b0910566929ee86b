import createClient from 'openapi-fetch'

import type { CallFilter } from '@/calls/callFilter'

import { ApiError, problemOf } from './problem'
import type { Schemas } from './filled'
import type { paths } from './schema.gen'
import type {
  Alert, Call, City, CityPlace, Claim, Colleague, FormCheck, HistoryEntry, QueueCounts, QueueFilter, QueueItem, Recording,
  RecordingStep, RecordingTranscript, Review, Revealed, Session, SignInWays, TicketEdit, Transcript,
} from './types'

export interface Page<Item> {
  items: Item[]
  next_cursor: string | null
}

type QueueQuery = NonNullable<paths['/v1/queue']['get']['parameters']['query']>

type CallQuery = NonNullable<paths['/v1/calls']['get']['parameters']['query']>

export type Conclusion = Omit<Schemas['Conclusion'], 'fields'> & { fields: TicketEdit }

/** A change of one turn; `segment` is its index in the recording's own transcript. */
export type Correction = Schemas['TurnCorrection']

/** With the session cookie a request that changes something needs this header, which other sites cannot set. */
export const CHANGE_HEADERS = { 'X-Hotline-Request': '1' } as const

export const client = createClient<paths>({ credentials: 'same-origin', headers: CHANGE_HEADERS })
let onUnauthenticated: () => void = () => undefined

/** Says what happens when the server no longer knows this session. */
export function whenUnauthenticated(handler: () => void): void {
  onUnauthenticated = handler
}

client.use({
  async onResponse({ response }) {
    if (response.ok) return
    const error = await problemOf(response)
    if (error.status === 401) onUnauthenticated()
    throw error
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return
    throw new ApiError(0, { title: 'No answer from the server' })
  },
})

/** What an answer that is no error holds, in the page's own type of it. */
export async function answer<T>(request: Promise<{ data?: unknown }>): Promise<T> {
  return (await request).data as T
}

export const api = {
  signIn: (key: string) => isSendable(key)
      ? answer<Session>(client.POST('/v1/session', { headers: { Authorization: `Bearer ${key}` } }))
      : Promise.reject(new ApiError(401, { title: 'Not a key' })),
  signInAs: (login: string, password: string) =>
    answer<Session>(client.POST('/v1/session/sign-in', { body: { login, password } })),
  signInWays: () => answer<SignInWays>(client.GET('/v1/session/ways')),
  session: () => answer<Session>(client.GET('/v1/session')),
  signOut: () => answer<undefined>(client.DELETE('/v1/session')),
  signOutEverywhere: () => answer<undefined>(client.DELETE('/v1/session/everywhere')),
  changePassword: (current: string, next: string) =>
    answer<Session>(client.PUT('/v1/session/password', { body: { current, new: next } })),
  colleagues: () => answer<Colleague[]>(client.GET('/v1/colleagues')),
  calls: (filter: Partial<CallFilter>, cursor: string | null, limit: number, signal?: AbortSignal) =>
    answer<Page<Call>>(client.GET('/v1/calls', { params: { query: { ...(given(filter) as CallQuery), cursor, limit } }, signal })),
  call: (id: string) => answer<Call>(client.GET('/v1/calls/{call_id}', { params: { path: { call_id: id } } })),
  transcript: (id: string) =>
    answer<Transcript>(client.GET('/v1/calls/{call_id}/transcript', { params: { path: { call_id: id } } })),
  /** Do a recording's processing again, from the step that failed. */
  rerunRecording: (id: string, from: RecordingStep) =>
    answer<Recording>(
      client.POST('/v1/recordings/{recording_id}/rerun', { params: { path: { recording_id: id } }, body: { from } }),
    ),
  /** Make a call's ticket again from its transcripts. */
  rerunCall: (id: string) =>
    answer<Call>(
      client.POST('/v1/calls/{call_id}/rerun', { params: { path: { call_id: id } }, body: { from: 'structure' } }),
    ),
  city: () => answer<City>(client.GET('/v1/city')),
  places: () => answer<CityPlace[]>(client.GET('/v1/city/places')),
  alerts: () => answer<Page<Alert>>(client.GET('/v1/alerts')),

  queue: (filter: Partial<QueueFilter>, cursor: string | null, signal?: AbortSignal) =>
    answer<Page<QueueItem>>(client.GET('/v1/queue', { params: { query: { ...(given(filter) as QueueQuery), cursor, limit: 100 } }, signal })),
  queueCounts: () => answer<QueueCounts>(client.GET('/v1/queue/counts')),
  /** Claims the next ticket; nothing where none waits. */
  queueNext: (filter: Partial<QueueFilter>) => answer<Review | undefined>(client.POST('/v1/queue/next', { body: nextOf(filter) })),

  review: (id: string) => answer<Review>(client.GET('/v1/tickets/{ticket_id}', { params: ticket(id) })),
  claim: (id: string) => answer<Claim>(client.POST('/v1/tickets/{ticket_id}/claim', { params: ticket(id) })),
  heartbeat: (id: string) => answer<Claim>(client.POST('/v1/tickets/{ticket_id}/heartbeat', { params: ticket(id) })),
  release: (id: string) => answer<undefined>(client.DELETE('/v1/tickets/{ticket_id}/claim', { params: ticket(id) })),
  check: (id: string, fields: TicketEdit, signal?: AbortSignal) =>
    answer<FormCheck>(client.POST('/v1/tickets/{ticket_id}/check', { params: ticket(id), body: { fields: sent(fields) }, signal })),
  saveDraft: (id: string, fields: TicketEdit, etag: string) =>
    answer<Review>(client.PUT('/v1/tickets/{ticket_id}/draft', { params: matching(id, etag), body: { fields: sent(fields) } })),
  conclude: (id: string, etag: string, body: Conclusion) =>
    answer<Review>(client.POST('/v1/tickets/{ticket_id}/conclude', { params: matching(id, etag), body: { ...body, fields: sent(body.fields) } })),
  ask: (id: string, to: string, note: string) =>
    answer<Review>(client.POST('/v1/tickets/{ticket_id}/ask', { params: ticket(id), body: { to, note } })),
  sendBack: (id: string, note: string) =>
    answer<undefined>(client.POST('/v1/tickets/{ticket_id}/send-back', { params: ticket(id), body: note ? { note } : {} })),
  splitOff: (id: string, fields: TicketEdit) =>
    answer<Review>(client.POST('/v1/tickets/{ticket_id}/split', { params: ticket(id), body: { fields: sent(fields) } })),
  undo: (id: string) => answer<Review>(client.POST('/v1/tickets/{ticket_id}/undo', { params: ticket(id) })),
  recall: (id: string, reason: string, wrong: boolean) =>
    answer<Review>(client.POST('/v1/tickets/{ticket_id}/recall', { params: ticket(id), body: { reason, wrong } })),
  reveal: (id: string, reason: string) =>
    answer<Revealed>(client.POST('/v1/tickets/{ticket_id}/reveal', { params: ticket(id), body: { reason } })),
  history: (id: string) => answer<HistoryEntry[]>(client.GET('/v1/tickets/{ticket_id}/history', { params: ticket(id) })),
  join: (id: string, other: string, reason: string) =>
    answer<Call>(
      client.POST('/v1/calls/{call_id}/join', { params: { path: { call_id: id } }, body: { other_call_id: other, reason } }),
    ),
  recordingTranscript: (id: string) =>
    answer<RecordingTranscript>(client.GET('/v1/recordings/{recording_id}/transcript', { params: { path: { recording_id: id } } })),
  correct: (id: string, correction: Correction) =>
    answer<{ transcript_version: number }>(
      client.POST('/v1/recordings/{recording_id}/corrections', { params: { path: { recording_id: id } }, body: correction }),
    ),
}

export const callEventsUrl = (id: string): string => `/v1/calls/${encodeURIComponent(id)}/events`
export const QUEUE_STREAM_URL = '/v1/queue/stream'
export const ALERT_STREAM_URL = '/v1/alerts/stream'
export const playUrl = (recordingId: string): string =>
  `/v1/recordings/${encodeURIComponent(recordingId)}/audio?form=play`

/** A filter without what is not asked for. */
export function given<T extends object>(filter: T): T {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null && value !== '')) as T
}

/** What is left out stays as it is: the schema's defaults are not the ticket's. */
function sent(fields: TicketEdit): Schemas['TicketEdit'] {
  return fields as Schemas['TicketEdit']
}

/** Words and view narrow what is shown, not what comes next. */
function nextOf(filter: Partial<QueueFilter>): Schemas['NextDemand'] {
  return given({ ...filter, q: '', view: '' }) as Schemas['NextDemand']
}

function ticket(id: string): { path: { ticket_id: string } } {
  return { path: { ticket_id: id } }
}

/** Changes what is still the version `etag`, and nothing newer. */
function matching(id: string, etag: string): { path: { ticket_id: string }; header: { 'If-Match': string } } {
  return { path: { ticket_id: id }, header: { 'If-Match': etag } }
}

/** Keys are plain letters, digits and signs; anything else can't stand in a header, so it is no key. */
function isSendable(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key)
}
