import type { Alert } from '@/api/types'

const RECENT_MILLISECONDS = 12 * 3600 * 1000
const KEPT = 200

/** Known and new alerts, each once, the one raised or changed last first. */
export function addAlerts(known: readonly Alert[], added: readonly Alert[]): Alert[] {
  const byId = new Map([...known, ...added].map((alert) => [alert.id, alert]))
  return [...byId.values()].sort((a, b) => Date.parse(b.changed_at) - Date.parse(a.changed_at))
}

/** Whether an alert found on arrival still concerns the shift at work. */
export function isRecent(alert: Alert, now: number): boolean {
  return now - Date.parse(alert.changed_at) < RECENT_MILLISECONDS
}

/** Names an alert as it is now: one that needs other services since is a new one to take note of. */
export function noticeOf(alert: Alert): string {
  return `${alert.id} ${alert.changed_at}`
}

/** The notices worth remembering: the latest, so that what the browser stores can't grow without end. */
export function keepAcknowledged(notices: readonly string[]): string[] {
  return [...new Set(notices)].slice(-KEPT)
}
