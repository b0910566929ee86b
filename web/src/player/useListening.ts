import { computed, ref, type ComputedRef, type Ref } from 'vue'

import type { EvidenceWords, HeardWords } from '@/api/types'
import { useShortcuts } from '@/shortcuts/useShortcuts'
import { firstHeard, quotesOf, type Quotes } from '@/ticket/evidence'
import { startOfQuote } from '@/transcript/annotate'
import { turnAt, type Part, type Turn } from '@/transcript/timeline'

/** The part of the player that a page works. */
export interface Player {
  playFrom: (part: number, seconds: number) => Promise<void>
  toggle: () => void
  skip: (seconds: number) => void
  changeSpeed: (by: 1 | -1) => void
  toggleLoop: () => void
  toggleSilence: () => void
}

export interface Listening {
  /** The turn that is heard, or was chosen last. */
  current: ComputedRef<Turn | null>
  quotes: ComputedRef<Quotes>
  bearing: ComputedRef<Quotes>
  pointed: Ref<readonly string[]>
  shownFields: ComputedRef<readonly string[]>
  /** Changes when the turns with quotes are to be scrolled into view. */
  revealed: Ref<number>
  moved: (part: number, time: number) => void
  play: (turn: Turn, from?: number) => void
  hear: (fields: readonly string[]) => void
}

/** A word is easier to catch with a little of what was said before. */
const LEAD_SECONDS = 0.3

/** Ties player, turns and the words that ticket fields were read from together, also by keyboard. */
export function useListening(
  player: Readonly<Ref<Player | null>>,
  turns: ComputedRef<Turn[]>,
  parts: ComputedRef<Part[]>,
  evidence: () => Record<string, (EvidenceWords | HeardWords)[]>,
): Listening {
  const position = ref<{ part: number; time: number } | null>(null)
  const pointed = ref<readonly string[]>([])
  const pinned = ref<readonly string[]>([])
  const revealed = ref(0)

  const current = computed(() => {
    const at = position.value
    return at && at.time > 0 ? turnAt(turns.value, at.part, at.time) : null
  })
  /** All words that the ticket was read from. */
  const bearing = computed(() => quotesOf(evidence(), Object.keys(evidence()), turns.value.length))
  const shownFields = computed(() => (pointed.value.length ? pointed.value : pinned.value))
  const quotes = computed(() => quotesOf(evidence(), shownFields.value, turns.value.length))

  function play(turn: Turn, from = turn.start): void {
    void player.value?.playFrom(turn.part, from)
  }

  function hear(fields: readonly string[]): void {
    const first = firstHeard(evidence(), fields)
    const turn = first ? turns.value[first.turn] : undefined
    pinned.value = fields
    revealed.value += 1
    if (!first) return
    if ('start' in first && first.start !== null) {
      const part = parts.value.findIndex((one) => one.recording.id === first.recording_id)
      void player.value?.playFrom(Math.max(0, part), Math.max(0, first.start - (parts.value[part]?.offset ?? 0) - LEAD_SECONDS))
      return
    }
    if (!turn) return
    const { text, words } = turn.segment
    const start = startOfQuote(text, words, first.words)
    play(turn, start === null ? turn.start : turn.start + Math.max(0, start - turn.segment.start - LEAD_SECONDS))
  }

  function step(by: number): void {
    const next = turns.value[(current.value?.index ?? (by > 0 ? -1 : 1)) + by]
    if (next) play(next)
  }

  const withPlayer = (act: (of: Player) => void) => () => (player.value ? act(player.value) : false)
  useShortcuts({
    'play.toggle': withPlayer((of) => of.toggle()),
    'play.back': withPlayer((of) => of.skip(-3)),
    'play.forward': withPlayer((of) => of.skip(3)),
    'play.slower': withPlayer((of) => of.changeSpeed(-1)),
    'play.faster': withPlayer((of) => of.changeSpeed(1)),
    'play.loop-turn': withPlayer((of) => of.toggleLoop()),
    'play.skip-silence': withPlayer((of) => of.toggleSilence()),
    'play.previous-turn': withPlayer(() => step(-1)),
    'play.next-turn': withPlayer(() => step(1)),
    'play.replay-turn': () => (current.value ? play(current.value) : false),
  })

  return {
    current, quotes, bearing, pointed, shownFields, revealed, play, hear,
    moved: (part, time) => (position.value = { part, time }),
  }
}
