import createClient from 'openapi-fetch'

import { ApiError, problemOf } from './problem'
import type { paths } from './schema.gen'
import type { Alert, Call, City, Recording, RecordingStep, Session, Transcript } from './types'

export interface Page<Item> {
  items: Item[]
  next_cursor: string | null
}

export type CallFilter = Pick<
  NonNullable<paths['/v1/calls']['get']['parameters']['query']>,
  'state' | 'mode' | 'disposition' | 'source' | 'q'
>

/** With the session cookie a request that changes something needs this header, which other sites cannot set. */
export const CHANGE_HEADERS = { 'X-Hotline-Request': '1' } as const

const client = createClient<paths>({ credentials: 'same-origin', headers: CHANGE_HEADERS })
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
async function answer<T>(request: Promise<{ data?: unknown }>): Promise<T> {
  return (await request).data as T
}

export const api = {
  signIn: (key: string) => isSendable(key)
      ? answer<Session>(client.POST('/v1/session', { headers: { Authorization: `Bearer ${key}` } }))
      : Promise.reject(new ApiError(401, { title: 'Not a key' })),
  session: () => answer<Session>(client.GET('/v1/session')),
  signOut: () => answer<undefined>(client.DELETE('/v1/session')),
  calls: (filter: CallFilter, cursor: string | null, limit: number, signal?: AbortSignal) =>
    answer<Page<Call>>(client.GET('/v1/calls', { params: { query: { ...given(filter), cursor, limit } }, signal })),
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
  alerts: () => answer<Page<Alert>>(client.GET('/v1/alerts')),
}

export const callEventsUrl = (id: string): string => `/v1/calls/${encodeURIComponent(id)}/events`
export const ALERT_STREAM_URL = '/v1/alerts/stream'
export const playUrl = (recordingId: string): string =>
  `/v1/recordings/${encodeURIComponent(recordingId)}/audio?form=play`

/** A filter without what is not asked for. */
function given(filter: CallFilter): CallFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null && value !== ''))
}

/** Keys are plain letters, digits and signs; anything else can't stand in a header, so it is no key. */
function isSendable(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key)
}
