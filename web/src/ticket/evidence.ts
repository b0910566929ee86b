import type { EvidenceWords } from '@/api/types'

/** Turn index → the words in that turn that the chosen field was read from. */
export type Quotes = ReadonlyMap<number, readonly string[]>

/** The quotes of one or several fields; those that point outside the transcript are left out. */
export function quotesOf(evidence: Record<string, EvidenceWords[]>, fields: readonly string[], turns: number): Quotes {
  const quotes = new Map<number, string[]>()
  for (const { turn, words } of spans(evidence, fields)) {
    if (turn < 0 || turn >= turns) continue
    const known = quotes.get(turn) ?? []
    if (!known.includes(words)) quotes.set(turn, [...known, words])
  }
  return quotes
}

/** Whether any of the fields was heard somewhere. */
export function isHeard(evidence: Record<string, EvidenceWords[]>, fields: readonly string[]): boolean {
  return spans(evidence, fields).length > 0
}

/** The first place where a field was heard. */
export function firstHeard<T extends EvidenceWords>(evidence: Record<string, T[]>, fields: readonly string[]): T | null {
  return spans(evidence, fields).reduce<T | null>(
    (first, span) => (first === null || span.turn < first.turn ? span : first),
    null,
  )
}

/** Evidence may name a field as a whole (`place`) or a part of it (`place.district`, `flags:minor`). */
function spans<T extends EvidenceWords>(evidence: Record<string, T[]>, fields: readonly string[]): T[] {
  return Object.entries(evidence)
    .filter(([name]) => fields.some((field) => name === field || (name.startsWith(field) && /^[.:[]/.test(name.slice(field.length)))))
    .flatMap(([, words]) => words)
}
