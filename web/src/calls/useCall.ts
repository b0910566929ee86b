import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'

import { api, callEventsUrl } from '@/api/client'
import { followEvents, type Connection } from '@/api/eventStream'
import { ApiError } from '@/api/problem'
import type { Call, Transcript } from '@/api/types'

import { applyCallEvent } from './callEvents'

export interface FollowedCall {
  call: Ref<Call | null>
  transcript: Ref<Transcript | null>
  error: Ref<unknown>
  connection: Ref<Connection>
  reload: () => Promise<void>
}

/** A call that stays up to date for as long as its page is open: recordings may still come, and tickets change. */
export function useCall(wanted: () => string | null): FollowedCall {
  let id = ''
  const call = ref<Call | null>(null)
  const transcript = ref<Transcript | null>(null)
  const error = ref<unknown>(null)
  const connection = ref<Connection>('connecting')
  let stop: (() => void) | null = null
  let left = false
  let heardUntil = ''
  /** A person may have changed the transcript, which no step tells. */
  let corrected = false
  let fetching: Promise<void> | null = null
  let again = false

  /** Fetch the call; asked for while fetching, once more after that, since the first answer may be older. */
  function refresh(): Promise<void> {
    if (fetching) {
      again = true
      return fetching
    }
    fetching = fetchAll().finally(() => {
      fetching = null
      if (again && !left) {
        again = false
        refresh().catch(() => undefined)
      }
    })
    return fetching
  }

  async function fetchAll(): Promise<void> {
    call.value = await api.call(id)
    await refreshTranscript(call.value)
  }

  async function refreshTranscript(of: Call): Promise<void> {
    const done = of.recordings.filter((recording) => recording.state === 'transcribed')
    // Another recording, or the same one done again, is another transcript; anything else leaves it as it is.
    const version = done.map((r) => `${r.id}@${r.progress.steps.map((s) => s.finished_at).join()}`).join(' ')
    if (!done.length || (version === heardUntil && !corrected)) return
    corrected = false
    try {
      transcript.value = await api.transcript(id)
      heardUntil = version
    } catch (reason) {
      // Not there yet: the next event asks again.
      if (!(reason instanceof ApiError && (reason.status === 404 || reason.status === 409))) throw reason
    }
  }

  async function reload(): Promise<void> {
    error.value = null
    corrected = true
    try {
      await refresh()
    } catch (reason) {
      error.value = reason
      return
    }
    if (stop || left) return
    stop = followEvents({
      url: callEventsUrl(id),
      events: ['progress', 'ticket', 'alert', 'deleted'],
      resync: refresh,
      onConnection: (next) => (connection.value = next),
      onEvent: (name, data) => {
        if (!call.value) return
        const update = applyCallEvent(call.value, name, data)
        call.value = update.call
        if (update.stale) refresh().catch(() => undefined) // the next event or reconnection asks again
        else void refreshTranscript(update.call).catch(() => undefined)
      },
    })
  }

  onMounted(() =>
    watch(
      wanted,
      (next) => {
        if (!next || next === id) return
        id = next
        void reload()
      },
      { immediate: true },
    ),
  )
  onBeforeUnmount(() => {
    left = true
    stop?.()
  })
  return { call, transcript, error, connection, reload }
}
