import type { City } from '@/api/types'

export type Duty = City['duties'][number]

/** How a duty is found: its words, and the pinyin of its names. */
export interface IndexedDuty {
  duty: Duty
  code: string
  names: string
  words: string
  initials: string
  syllables: string
}

/** Gives a text's syllables, one for each character. */
export type Reader = (text: string) => string[]

export function indexDuties(duties: readonly Duty[], read: Reader): IndexedDuty[] {
  return duties.map((duty) => {
    const names = `${duty.level1}${duty.level2}`
    // Punctuation has no syllable; letters and digits are their own.
    const syllables = read(names.replace(/[^\p{L}\p{N}]/gu, ''))
    return {
      duty,
      code: duty.code.toLowerCase(),
      names,
      words: `${names}${duty.lead ?? ''}${duty.note}`,
      initials: syllables.map((syllable) => syllable[0] ?? '').join('').toLowerCase(),
      syllables: syllables.join('').toLowerCase(),
    }
  })
}

/** Duties that fit what was typed, best first: code, words of the name, pinyin initials, pinyin, words of department and note. */
export function searchDuties(index: readonly IndexedDuty[], query: string): Duty[] {
  const wanted = query.replace(/\s/g, '').toLowerCase()
  if (!wanted) return index.map((entry) => entry.duty)
  return index
    .map((entry) => ({ entry, rank: rankOf(entry, wanted) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ entry }) => entry.duty)
}

function rankOf(entry: IndexedDuty, wanted: string): number | null {
  if (entry.code.startsWith(wanted)) return 0
  if (entry.duty.level2.includes(wanted)) return 1
  if (entry.names.includes(wanted)) return 2
  if (entry.initials.startsWith(wanted)) return 3
  if (entry.initials.includes(wanted)) return 4
  if (wanted.length > 2 && entry.syllables.includes(wanted)) return 5
  return entry.words.includes(wanted) ? 6 : null
}

let reader: Promise<Reader> | null = null

/** Reads characters aloud; the table is large, so it comes when somebody searches. */
export function pinyinReader(): Promise<Reader> {
  reader ??= import('pinyin-pro').then(({ pinyin }) => (text) => pinyin(text, { toneType: 'none', type: 'array', nonZh: 'spaced' }))
  return reader
}
