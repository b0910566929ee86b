import type { Role } from '@/api/types'

import type { Turn } from './timeline'

/** What a person changes of a turn. */
export type TurnChange = { kind: 'text'; text: string } | { kind: 'role'; role: Role } | { kind: 'split'; at: number } | { kind: 'merge' }

const AFTER: Readonly<Record<Role, Role>> = { citizen: 'operator', operator: 'citizen', other: 'citizen' }

/** Who else it was, most likely: there are two at a telephone. */
export function otherRole(role: Role): Role {
  return AFTER[role]
}

/** Whether a turn can be made one with the next: both of one recording and one speaker's. */
export function canMerge(turn: Turn, next: Turn | undefined): boolean {
  return next !== undefined && next.part === turn.part && next.segment.index === turn.segment.index + 1 && next.segment.role === turn.segment.role
}
