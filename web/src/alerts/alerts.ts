import { computed, readonly, ref } from 'vue'

import { ALERT_STREAM_URL, api } from '@/api/client'
import { followEvents } from '@/api/eventStream'
import type { Alert } from '@/api/types'

import { addAlerts, isRecent, keepAcknowledged, noticeOf } from './alertList'

const STORED = 'hotline.acknowledged-alerts'

const all = ref<Alert[]>([])
const acknowledged = ref<ReadonlySet<string>>(new Set(readStored()))
let stop: (() => void) | null = null

/** Alerts that nobody at this browser has taken note of, the one raised or changed last first. */
export const openAlerts = computed(() => all.value.filter((alert) => alert.acknowledged_at === null && !acknowledged.value.has(noticeOf(alert))))
export const knownAlerts = readonly(all)

export function followAlerts(): void {
  if (stop) return
  const resync = async (): Promise<void> => {
    const { items } = await api.alerts()
    const now = Date.now()
    all.value = addAlerts(all.value, items.filter((alert) => isRecent(alert, now)))
  }
  stop = followEvents({
    url: ALERT_STREAM_URL,
    events: ['alert'],
    onEvent: (_name, data) => (all.value = addAlerts(all.value, [data as Alert])),
    resync,
    pollMilliseconds: 4_000,
  })
  resync().catch(() => undefined) // the stream's own recovery tries again
}

export function unfollowAlerts(): void {
  stop?.()
  stop = null
  all.value = []
}

/** Hide an alert at this browser until it changes. It stays on its call. */
export function acknowledge(alert: Alert): void {
  const kept = keepAcknowledged([...acknowledged.value, noticeOf(alert)])
  acknowledged.value = new Set(kept)
  try {
    localStorage.setItem(STORED, JSON.stringify(kept))
  } catch {
    // storage may be full or forbidden; the alert is hidden until the page is loaded again
  }
}

function readStored(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]')
    return Array.isArray(stored) ? stored.filter((notice) => typeof notice === 'string') : []
  } catch {
    return []
  }
}
