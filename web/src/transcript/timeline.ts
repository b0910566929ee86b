import type { CallPart, Recording, Segment } from '@/api/types'

/** A recording of the call and the second of the call's time at which it starts. */
export interface Part {
  recording: Recording
  offset: number
  duration: number
}

/** A segment with its index in the call's transcript, and its times in its own recording. */
export interface Turn {
  index: number
  part: number
  start: number
  end: number
  segment: Segment
}

/**
 * Recordings that can be heard, so also one that could be decoded though not transcribed, in the order and at the offsets that the transcript gives; those that it does not hold
 * (yet) follow, one after the other.
 */
export function layOutParts(recordings: readonly Recording[], placed: readonly CallPart[] = []): Part[] {
  const working = recordings.filter((recording) => recording.state !== 'failed' || recording.duration !== null)
  const parts = placed.flatMap(({ recording_id, offset, duration }) => {
    const recording = working.find((candidate) => candidate.id === recording_id)
    return recording ? [{ recording, offset, duration }] : []
  })
  for (const recording of working) {
    if (parts.some((part) => part.recording.id === recording.id)) continue
    parts.push({ recording, offset: endOf(parts), duration: recording.duration ?? 0 })
  }
  return parts
}

/** Second at which the last of the parts ends. */
export function endOf(parts: readonly Part[]): number {
  return Math.max(0, ...parts.map((part) => part.offset + part.duration))
}

/** The part that goes on where this one ends, or null; parts of one time (a file per party) don't follow each other. */
export function partAfter(parts: readonly Part[], index: number): number | null {
  const [here, next] = [parts[index], parts[index + 1]]
  return here && next && next.offset >= here.offset + here.duration - 1 ? index + 1 : null
}

/** Segments of the joined transcript as turns of their parts. */
export function layOutTurns(segments: readonly Segment[], parts: readonly Part[]): Turn[] {
  return segments.map((segment, index) => {
    const named = parts.findIndex((part) => part.recording.id === segment.recording_id)
    const part = named >= 0 ? named : Math.max(0, parts.findLastIndex((p) => p.offset <= segment.start + 1e-3))
    const offset = parts[part]?.offset ?? 0
    return { index, part, start: Math.max(0, segment.start - offset), end: segment.end - offset, segment }
  })
}

/**
 * The turn that is heard at `time` seconds of part `part`: of overlapping ones the latest begun, in a pause the one
 * before it, none before the first.
 */
export function turnAt(turns: readonly Turn[], part: number, time: number): Turn | null {
  let heard: Turn | null = null
  let last: Turn | null = null
  for (const turn of turns) {
    if (turn.part !== part || turn.start > time + 0.05) continue
    if (!last || turn.start >= last.start) last = turn
    if (time < turn.end && (!heard || turn.start >= heard.start)) heard = turn
  }
  return heard ?? last
}
