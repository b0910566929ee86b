import type { Alert } from '@/api/types'

const RECENT_MILLISECONDS = 12 * 3600 * 1000
const KEPT = 200

/** Known and new alerts, each once, newest first. */
export function addAlerts(known: readonly Alert[], added: readonly Alert[]): Alert[] {
  const byId = new Map([...known, ...added].map((alert) => [alert.id, alert]))
  return [...byId.values()].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))
}

/** Whether an alert found on arrival still concerns the shift at work. */
export function isRecent(alert: Alert, now: number): boolean {
  return now - Date.parse(alert.created_at) < RECENT_MILLISECONDS
}

/** The ids worth remembering: the latest, so that what the browser stores can't grow without end. */
export function keepAcknowledged(ids: readonly string[]): string[] {
  return [...new Set(ids)].slice(-KEPT)
}
