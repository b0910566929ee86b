import { computed, onBeforeUnmount, onMounted, reactive, ref, watch, type ComputedRef, type Ref } from 'vue'

import { QUEUE_STREAM_URL, api } from '@/api/client'
import { followEvents, type Connection } from '@/api/eventStream'
import type { QueueCounts, QueueFilter, QueueItem } from '@/api/types'

import { keepChosen, withItem, withoutItem } from './queueList'

export const NO_FILTER: Readonly<QueueFilter> = {
  q: '', dialect: '', district: '', category: '', urgency: '', flag: '', source: '', since: '', until: '', view: 'all',
}

const TYPING_MILLISECONDS = 300
const SETTLING_MILLISECONDS = 400
const CLOCK_MILLISECONDS = 10_000

export interface Queue {
  items: Ref<QueueItem[]>
  counts: Ref<QueueCounts | null>
  filter: QueueFilter
  filtered: ComputedRef<boolean>
  chosen: Ref<string | null>
  loaded: Ref<boolean>
  error: Ref<unknown>
  connection: Ref<Connection>
  now: Ref<Date>
  more: Ref<boolean>
  clear: () => void
  refresh: () => Promise<void>
}

/** The queue as it stands: by its events; narrowed by a filter, asked for again whenever something in it changed. */
export function useQueue(initial: Partial<QueueFilter>): Queue {
  const items = ref<QueueItem[]>([])
  const counts = ref<QueueCounts | null>(null)
  const filter = reactive<QueueFilter>({ ...NO_FILTER, ...initial })
  const chosen = ref<string | null>(null)
  const loaded = ref(false)
  const error = ref<unknown>(null)
  const connection = ref<Connection>('connecting')
  const now = ref(new Date())
  const more = ref(false)
  let stop: (() => void) | null = null
  let clock: ReturnType<typeof setInterval> | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | null = null

  const filtered = computed(() => Object.entries(filter).some(([name, value]) => value !== NO_FILTER[name as keyof QueueFilter]))

  function show(next: QueueItem[]): void {
    chosen.value = keepChosen(items.value, next, chosen.value) ?? next[0]?.ticket_id ?? null
    items.value = next
    loaded.value = true
    error.value = null
  }

  async function refresh(): Promise<void> {
    clearTimeout(waiting)
    running?.abort()
    const request = new AbortController()
    running = request
    try {
      const [page, fresh] = await Promise.all([api.queue(filter, null, request.signal), api.queueCounts()])
      if (request.signal.aborted) return
      show(page.items)
      more.value = page.next_cursor !== null
      counts.value = fresh
    } catch (reason) {
      if (!request.signal.aborted) error.value = reason
    }
  }

  function refreshSoon(milliseconds: number): void {
    clearTimeout(waiting)
    waiting = setTimeout(() => void refresh(), milliseconds)
  }

  function happened(name: string, data: unknown): void {
    now.value = new Date()
    if (name === 'counts') counts.value = data as QueueCounts
    else if (filtered.value) refreshSoon(SETTLING_MILLISECONDS)
    else if (name === 'snapshot') {
      const snapshot = data as { items: QueueItem[]; counts: QueueCounts }
      show(snapshot.items)
      counts.value = snapshot.counts
    } else if (name === 'item') show(withItem(items.value, data as QueueItem))
    else if (name === 'gone') show(withoutItem(items.value, (data as { ticket_id: string }).ticket_id))
  }

  watch(
    () => ({ ...filter }),
    (next, before) => refreshSoon(next.q === before.q && next.source === before.source ? 0 : TYPING_MILLISECONDS),
  )
  onMounted(() => {
    clock = setInterval(() => (now.value = new Date()), CLOCK_MILLISECONDS)
    if (filtered.value) void refresh()
    stop = followEvents({
      url: QUEUE_STREAM_URL,
      events: ['snapshot', 'item', 'gone', 'counts'],
      onEvent: happened,
      onConnection: (next) => (connection.value = next),
      resync: refresh,
    })
  })
  onBeforeUnmount(() => {
    stop?.()
    running?.abort()
    clearInterval(clock)
    clearTimeout(waiting)
  })

  return {
    items, counts, filter, filtered, chosen, loaded, error, connection, now, more, refresh,
    clear: () => void Object.assign(filter, NO_FILTER),
  }
}
