import type { QueueItem } from '@/api/types'

const URGENCY_RANK: Readonly<Record<string, number>> = { critical: 0, urgent: 1, normal: 2 }

/** Most urgent first, of equally urgent ones the least certain, then who waits longest. */
export function compareItems(a: QueueItem, b: QueueItem): number {
  return (
    rank(a) - rank(b) ||
    (a.confidence ?? 0) - (b.confidence ?? 0) ||
    (a.waiting_since ?? '').localeCompare(b.waiting_since ?? '') ||
    a.ticket_id.localeCompare(b.ticket_id)
  )
}

/** The list with an item that is new or changed. */
export function withItem(items: readonly QueueItem[], item: QueueItem): QueueItem[] {
  return [...items.filter((one) => one.ticket_id !== item.ticket_id), item].sort(compareItems)
}

export function withoutItem(items: readonly QueueItem[], ticketId: string): QueueItem[] {
  return items.filter((one) => one.ticket_id !== ticketId)
}

/** Whether somebody else holds it now; a lease that ran out holds nothing. */
export function isHeld(item: QueueItem, me: string, now: number): boolean {
  return item.claim !== null && item.claim.operator.id !== me && Date.parse(item.claim.lease_until) > now
}

/** The item to be chosen after a step: ids stay chosen while the list moves under them. */
export function stepFrom(items: readonly QueueItem[], chosen: string | null, by: 1 | -1): string | null {
  if (items.length === 0) return null
  const at = items.findIndex((item) => item.ticket_id === chosen)
  if (at < 0) return (by > 0 ? items[0] : items.at(-1))?.ticket_id ?? null
  return items[Math.min(items.length - 1, Math.max(0, at + by))]?.ticket_id ?? null
}

/** Where the choice goes when the chosen item has left the list: to what took its place. */
export function keepChosen(before: readonly QueueItem[], after: readonly QueueItem[], chosen: string | null): string | null {
  if (chosen === null || after.some((item) => item.ticket_id === chosen)) return chosen
  const at = before.findIndex((item) => item.ticket_id === chosen)
  return (after[Math.max(0, at)] ?? after.at(-1))?.ticket_id ?? null
}

function rank(item: QueueItem): number {
  return URGENCY_RANK[item.urgency ?? ''] ?? 2
}
