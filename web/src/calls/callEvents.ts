import type { Alert, Call, Progress, Recording, Ticket } from '@/api/types'

/** What a call's event stream brings, reduced to what changes on the page. */
export interface CallUpdate {
  call: Call
  /** The event can't say all that changed (a new recording, the ticket's sub-orders): fetch the call again. */
  stale: boolean
}

/** Apply an event to a call without touching it. Unknown events and data change nothing but ask for the call again. */
export function applyCallEvent(call: Call, name: string, data: unknown): CallUpdate {
  if (!isRecord(data)) return { call, stale: true }
  switch (name) {
    case 'progress':
      return applyProgress(call, data)
    case 'ticket':
      return isRecord(data) && 'disposition' in data
        ? { call: { ...call, state: 'ticketed', ticket: { ...call.ticket, ...(data as unknown as Ticket) } }, stale: true }
        : { call, stale: true }
    case 'alert':
      return applyAlert(call, data as unknown as Alert)
    default:
      return { call, stale: true }
  }
}

/** Calls of a fresh first page over those already shown: changed ones replaced, new ones first, later pages kept. */
export function mergeCalls(shown: readonly Call[], fresh: readonly Call[], pageIsLast: boolean): Call[] {
  if (pageIsLast) return [...fresh]
  const known = new Set(fresh.map((call) => call.id))
  return [...fresh, ...shown.filter((call) => !known.has(call.id))]
}

function applyProgress(call: Call, data: Record<string, unknown>): CallUpdate {
  const recordingId = data.recording_id ?? (isRecord(data.recording) ? data.recording.id : undefined)
  const stateChanged = typeof data.state === 'string'
  if (typeof recordingId === 'string') {
    const known = call.recordings.some((recording) => recording.id === recordingId)
    const patch = recordingPatch(isRecord(data.recording) ? data.recording : data)
    const recordings = call.recordings.map((r) => (r.id === recordingId ? { ...r, ...patch } : r))
    return { call: { ...call, recordings }, stale: !known }
  }
  const patch: Partial<Call> = {}
  if (stateChanged) patch.state = data.state as Call['state']
  if (isRecord(data.progress)) patch.progress = data.progress as unknown as Progress
  const next = { ...call, ...patch }
  return { call: next, stale: next.state !== call.state || !(stateChanged || isRecord(data.progress)) }
}

function recordingPatch(data: Record<string, unknown>): Partial<Recording> {
  const patch: Partial<Recording> = {}
  if (typeof data.state === 'string') patch.state = data.state as Recording['state']
  if (isRecord(data.progress)) patch.progress = data.progress as unknown as Progress
  if (typeof data.duration === 'number') patch.duration = data.duration
  return patch
}

function applyAlert(call: Call, alert: Alert): CallUpdate {
  if (!alert.id || call.alerts.some((known) => known.id === alert.id)) return { call, stale: false }
  return { call: { ...call, alerts: [...call.alerts, alert] }, stale: false }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
