import type { TicketEdit, TicketField, TicketValues } from '@/api/types'

/** A field that both this page and somebody else changed, to different values. */
export interface Clash {
  field: TicketField
  mine: unknown
  theirs: unknown
}

export interface Merged {
  fields: TicketEdit
  clashes: Clash[]
  /** Fields whose value came from the other side. */
  taken: TicketField[]
}

/**
 * Bring two drafts together that came from `base`: what only one side changed is kept; where both did, mine stays until the
 * person decides.
 */
export function mergeDrafts(base: TicketEdit, mine: TicketEdit, theirs: TicketEdit): Merged {
  const fields: TicketEdit = { ...mine }
  const clashes: Clash[] = []
  const taken: TicketField[] = []
  for (const field of fieldsOf(base, mine, theirs)) {
    const iChanged = !same(base[field], mine[field])
    const theyChanged = !same(base[field], theirs[field])
    if (!theyChanged || same(mine[field], theirs[field])) continue
    if (iChanged) clashes.push({ field, mine: mine[field], theirs: theirs[field] })
    else {
      put(fields, field, theirs[field])
      taken.push(field)
    }
  }
  return { fields, clashes, taken }
}

/** The draft with one field changed; what equals the machine's value is no change and is left out. */
export function withField(draft: TicketEdit, machine: Partial<TicketValues>, field: TicketField, value: unknown): TicketEdit {
  const next = { ...draft }
  put(next, field, same(machine[field], value) ? undefined : value)
  return next
}

/** Whether two values of a field say the same; an empty text, an empty place and null do. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b))
}

function put(fields: TicketEdit, field: TicketField, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(fields, field)
  else Object.assign(fields, { [field]: value })
}

function plain(value: unknown): unknown {
  if (value === undefined || value === '') return null
  if (Array.isArray(value)) return value.length ? [...(value as unknown[])].map(plain).sort() : null
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .map(([key, part]) => [key, plain(part)] as const)
      .filter(([, part]) => part !== null && part !== false)
      .sort(([one], [other]) => (one < other ? -1 : 1))
    return entries.length ? Object.fromEntries(entries) : null
  }
  return value
}

function fieldsOf(...edits: readonly TicketEdit[]): TicketField[] {
  return [...new Set(edits.flatMap((edit) => Object.keys(edit)))] as TicketField[]
}
