import { computed, onBeforeUnmount, onMounted, reactive, ref, watch, type ComputedRef, type Ref } from 'vue'

import { api } from '@/api/client'
import type { Call } from '@/api/types'
import { ALL_CALLS, isFiltered, type CallFilter } from '@/calls/callFilter'
import { mergeCalls } from '@/calls/callEvents'
import { isUnderWay } from '@/calls/progress'

const PAGE_SIZE = 50
const BUSY_MILLISECONDS = 2_000
const IDLE_MILLISECONDS = 6_000
const TYPING_MILLISECONDS = 300

export interface CallList {
  calls: Ref<Call[]>
  filter: CallFilter
  filtered: ComputedRef<boolean>
  loaded: Ref<boolean>
  loadingMore: Ref<boolean>
  /** Whether there are earlier calls than those shown. */
  hasMore: ComputedRef<boolean>
  error: Ref<unknown>
  now: Ref<Date>
  refresh: (fresh?: boolean) => Promise<void>
  more: () => Promise<void>
  clear: () => void
}

/** Calls, the newest first, asked for again every few seconds for as long as their page is seen. */
export function useCallList(initial: CallFilter): CallList {
  const filter = reactive<CallFilter>({ ...initial })
  const calls = ref<Call[]>([])
  const cursor = ref<string | null>(null)
  const loaded = ref(false)
  const loadingMore = ref(false)
  const error = ref<unknown>(null)
  const now = ref(new Date())
  let timer: ReturnType<typeof setTimeout> | undefined
  let typing: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | null = null
  let left = false

  /** Fetch the first page again; `fresh` drops what is shown, as after a change of the filter. */
  async function refresh(fresh = false): Promise<void> {
    clearTimeout(timer)
    running?.abort()
    const request = new AbortController()
    running = request
    try {
      const page = await api.calls(filter, null, PAGE_SIZE, request.signal)
      const whole = fresh || page.next_cursor === null || calls.value.length <= PAGE_SIZE
      calls.value = mergeCalls(calls.value, page.items, whole)
      if (whole) cursor.value = page.next_cursor
      error.value = null
      loaded.value = true
      now.value = new Date()
    } catch (reason) {
      if (request.signal.aborted) return
      error.value = reason
    }
    if (running === request) schedule()
  }

  function schedule(): void {
    clearTimeout(timer)
    if (document.hidden || left) return
    timer = setTimeout(() => void refresh(), calls.value.some(isUnderWay) ? BUSY_MILLISECONDS : IDLE_MILLISECONDS)
  }

  async function more(): Promise<void> {
    if (!cursor.value) return
    loadingMore.value = true
    try {
      const page = await api.calls(filter, cursor.value, PAGE_SIZE)
      calls.value = mergeCalls(page.items, calls.value, false)
      cursor.value = page.next_cursor
    } catch (reason) {
      error.value = reason
    } finally {
      loadingMore.value = false
    }
  }

  function visibilityChanged(): void {
    if (!document.hidden) void refresh()
  }

  watch(
    () => ({ ...filter }),
    (next, before) => {
      clearTimeout(typing)
      const typed = next.q !== before.q || next.source !== before.source
      typing = setTimeout(() => void refresh(true), typed ? TYPING_MILLISECONDS : 0)
    },
  )
  onMounted(() => {
    void refresh(true)
    document.addEventListener('visibilitychange', visibilityChanged)
  })
  onBeforeUnmount(() => {
    left = true
    running?.abort()
    clearTimeout(timer)
    clearTimeout(typing)
    document.removeEventListener('visibilitychange', visibilityChanged)
  })

  return {
    calls, filter, loaded, loadingMore, error, now, refresh, more,
    filtered: computed(() => isFiltered(filter)),
    hasMore: computed(() => cursor.value !== null),
    clear: () => void Object.assign(filter, ALL_CALLS),
  }
}
