import type { Word } from '@/api/types'

/** A stretch of a turn's text with what is to be seen on it. */
export interface Run {
  text: string
  /** The recogniser was unsure of these words; its confidence, 0…1. */
  unsure: number | null
  /** The ticket field in view was read from these words. */
  evidence: boolean
  /** Some field of the ticket was read from them: a place, a number, a time, a party. */
  bearing: boolean
  /** Second of the recording's transcript at which the word starts, where it is known. */
  start: number | null
}

/** Below this confidence a word is marked as unsure. */
export const UNSURE_BELOW = 0.5

interface Located {
  from: number
  to: number
  word: Word
}

/**
 * Split `text` into runs. `words` are the recogniser's; the text was corrected and punctuated after them, so each word
 * is looked for from where the last one ended, and one that the correction changed is left unmarked.
 */
export function annotate(
  text: string,
  words: readonly Word[],
  quotes: readonly string[],
  bearing: readonly string[] = [],
  unsureBelow = UNSURE_BELOW,
): Run[] {
  const located = locateWords(text, words)
  const cuts = new Set<number>([0, text.length])
  const unsure = located.filter(({ word }) => word.confidence < unsureBelow)
  for (const { from, to } of unsure) cuts.add(from).add(to)
  const quoted = quotes.flatMap((quote) => occurrences(text, quote))
  const carrying = bearing.flatMap((quote) => occurrences(text, quote))
  for (const [from, to] of [...quoted, ...carrying]) cuts.add(from).add(to)

  const edges = [...cuts].sort((a, b) => a - b)
  return edges.slice(0, -1).map((from, i) => {
    const to = edges[i + 1] ?? text.length
    const doubt = unsure.find((entry) => entry.from <= from && to <= entry.to)
    return {
      text: text.slice(from, to),
      unsure: doubt ? doubt.word.confidence : null,
      evidence: quoted.some(([start, end]) => start <= from && to <= end),
      bearing: carrying.some(([start, end]) => start <= from && to <= end),
      start: located.find((entry) => entry.to > from)?.word.start ?? null,
    }
  })
}

/** Second at which the words `quote` begin in a turn, or null where they can't be found among its words. */
export function startOfQuote(text: string, words: readonly Word[], quote: string): number | null {
  const from = text.indexOf(quote)
  if (!quote || from < 0) return null
  return locateWords(text, words).find((entry) => entry.to > from)?.word.start ?? null
}

/** Second at which the word at character `offset` of a turn begins, or null where no word is known there. */
export function startAt(text: string, words: readonly Word[], offset: number): number | null {
  return locateWords(text, words).findLast((entry) => entry.from <= offset)?.word.start ?? null
}

function locateWords(text: string, words: readonly Word[]): Located[] {
  const located: Located[] = []
  let cursor = 0
  for (const word of words) {
    const wanted = word.text.trim()
    if (!wanted) continue
    const from = text.indexOf(wanted, cursor)
    // A word found far ahead is another occurrence of the same characters, not this one.
    if (from < 0 || from - cursor > 12) continue
    cursor = from + wanted.length
    located.push({ from, to: cursor, word })
  }
  return located
}

function occurrences(text: string, quote: string): [number, number][] {
  const from = quote ? text.indexOf(quote) : -1
  return from < 0 ? [] : [[from, from + quote.length]]
}
