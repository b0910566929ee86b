import type { Call, QueueItem, Recording, Segment, Ticket } from '@/api/types'

/** Calls, recordings, segments and tickets for unit tests, complete but for what a test sets. */

export function aRecording(over: Partial<Recording> = {}): Recording {
  return {
    id: 'rec_1',
    call_id: 'call_1',
    state: 'received',
    progress: { step: null, fraction: 0, steps: [] },
    source: 'default',
    recording_id: null,
    session_id: null,
    started_at: null,
    caller_number: null,
    filename: 'call.wav',
    bytes: 1000,
    duration: null,
    channels: null,
    error: null,
    created_at: '2026-07-02T04:48:00Z',
    ...over,
  } as Recording
}

export function aCall(over: Partial<Call> = {}): Call {
  return {
    id: 'call_1',
    state: 'waiting',
    progress: { step: null, fraction: 0, steps: [] },
    source: 'default',
    session_id: null,
    started_at: null,
    caller_number: null,
    recordings: [aRecording()],
    ticket: null,
    further_tickets: [],
    alerts: [],
    error: null,
    created_at: '2026-07-02T04:48:00Z',
    updated_at: '2026-07-02T04:48:00Z',
    ...over,
  } as Call
}

export function aSegment(over: Partial<Segment> = {}): Segment {
  return { start: 0, end: 1, role: 'citizen', speaker: 'right', text: '喂', confidence: 0.9, words: [], index: 0, corrected: null, ...over } as Segment
}

export function aTicket(over: Partial<Ticket> = {}): Ticket {
  return {
    id: 'tic_1',
    matter: 0,
    masked: false,
    number: '20260702000001',
    state: '待审核',
    version: 1,
    needs_review: false,
    city_version: null,
    appeal_type: '投诉',
    category: 'NV01',
    disposition: 'dispatch',
    lead: { department: '生态环境局', level: 'district', district: '望江区', street: null },
    co_handlers: [],
    handover: [],
    place: null,
    contact: null,
    occurred: null,
    urgency: 'normal',
    amount_yuan: null,
    people_affected: null,
    party: null,
    repeat_call: false,
    flags: [],
    title: '夜间施工噪声',
    candidates: [],
    confidence: 0.9,
    mode: 'auto',
    reasons: [],
    evidence: {},
    summary: '',
    further_matters: [],
    sub_orders: [],
    ...over,
  }
}

export function aQueueItem(over: Partial<QueueItem> = {}): QueueItem {
  return {
    ticket_id: 'tic_1',
    call_id: 'call_1',
    number: '20260702000001',
    matter: 0,
    title: '夜间施工噪声',
    appeal_type: '投诉',
    category: 'NV01',
    disposition: 'dispatch',
    urgency: 'normal',
    confidence: 0.5,
    district: '望江区',
    lead_department: '生态环境局',
    dialect: 'mandarin',
    source: 'default',
    flags: [],
    mode: 'review',
    state: '待审核',
    needs_review: true,
    returned: false,
    waiting_since: '2026-07-02T09:00:00Z',
    claim: null,
    assigned_to: null,
    ...over,
  }
}
