import type { TicketEdit } from '@/api/types'

/** What this browser holds of a ticket until the server has it. */
export interface LocalDraft {
  /** Draft that the changes were made on, as the server had it. */
  base: TicketEdit
  fields: TicketEdit
  etag: string
}

/** The part of `Storage` that is used here. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const PREFIX = 'hotline.draft.'

export function keepLocally(storage: DraftStorage, ticketId: string, draft: LocalDraft): void {
  try {
    storage.setItem(PREFIX + ticketId, JSON.stringify(draft))
  } catch {
    // Full or forbidden: the draft still goes to the server, and the page says when that fails.
  }
}

export function localDraft(storage: DraftStorage, ticketId: string): LocalDraft | null {
  try {
    const stored: unknown = JSON.parse(storage.getItem(PREFIX + ticketId) ?? 'null')
    return isLocalDraft(stored) ? stored : null
  } catch {
    return null
  }
}

export function forgetLocally(storage: DraftStorage, ticketId: string): void {
  storage.removeItem(PREFIX + ticketId)
}

/** Drafts hold what callers said: none stays at a browser that somebody else may use next. */
export function forgetAllDrafts(storage: DraftStorage): void {
  const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i))
  for (const key of keys) if (key?.startsWith(PREFIX)) storage.removeItem(key)
}

function isLocalDraft(value: unknown): value is LocalDraft {
  return typeof value === 'object' && value !== null && 'base' in value && 'fields' in value && 'etag' in value
}
