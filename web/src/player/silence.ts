import type { Turn } from '@/transcript/timeline'

/** Pauses shorter than this are part of how people talk, and stay. */
const SHORTEST_SKIPPED_SECONDS = 1.2
/** Kept before the next turn, so that its first sound is not cut. */
const LEAD_SECONDS = 0.3

/** Where playback goes on when silence is skipped: second of the part, or null where somebody speaks or soon will. */
export function skipTo(turns: readonly Turn[], part: number, time: number): number | null {
  let next = Infinity
  for (const turn of turns) {
    if (turn.part !== part || turn.end <= time) continue
    if (turn.start <= time) return null
    next = Math.min(next, turn.start)
  }
  const target = next - LEAD_SECONDS
  return Number.isFinite(target) && target - time >= SHORTEST_SKIPPED_SECONDS ? target : null
}
