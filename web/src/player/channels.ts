import type { Role } from '@/api/types'
import type { Turn } from '@/transcript/timeline'

const CHANNEL_OF_SPEAKER: Readonly<Record<string, number>> = { left: 0, right: 1 }

/** Who is mostly heard on each channel of a stereo part, left first; null where nobody is known to speak there. */
export function rolesByChannel(turns: readonly Turn[], part: number): [Role | null, Role | null] {
  const seconds = [new Map<Role, number>(), new Map<Role, number>()] as const
  for (const turn of turns) {
    const channel = CHANNEL_OF_SPEAKER[turn.segment.speaker]
    if (turn.part !== part || channel === undefined) continue
    const heard = channel === 0 ? seconds[0] : seconds[1]
    heard.set(turn.segment.role, (heard.get(turn.segment.role) ?? 0) + turn.end - turn.start)
  }
  return [mostHeard(seconds[0]), mostHeard(seconds[1])]
}

function mostHeard(seconds: ReadonlyMap<Role, number>): Role | null {
  let best: Role | null = null
  for (const [role, time] of seconds) {
    if (best === null || time > (seconds.get(best) ?? 0)) best = role
  }
  return best
}
