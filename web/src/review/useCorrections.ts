import { computed, ref, type ComputedRef, type Ref } from 'vue'

import { api } from '@/api/client'
import { ApiError, explain } from '@/api/problem'
import { useShortcuts } from '@/shortcuts/useShortcuts'
import { canMerge, otherRole, type TurnChange } from '@/transcript/corrections'
import type { Turn } from '@/transcript/timeline'

export interface Corrections {
  editing: Ref<number | null>
  busy: Ref<boolean>
  error: Ref<unknown>
  said: ComputedRef<string>
  edit: (index: number | null) => void
  change: (turn: Turn, change: TurnChange) => Promise<void>
}

/** Changes of turns: each is sent at once, on the version of the recording's transcript that was seen. */
export function useCorrections(of: {
  turns: ComputedRef<Turn[]>
  current: ComputedRef<Turn | null>
  mayEdit: () => boolean
  reload: () => Promise<void>
}): Corrections {
  const editing = ref<number | null>(null)
  const busy = ref(false)
  const error = ref<unknown>(null)

  async function change(turn: Turn, wanted: TurnChange): Promise<void> {
    const recording = turn.segment.recording_id
    if (busy.value) return
    busy.value = true
    error.value = null
    try {
      const { version, segments } = await api.recordingTranscript(recording)
      const { index, text, role } = turn.segment
      if (segments[index]?.text !== text || segments[index].role !== role) throw new ApiError(412, { type: 'urn:hotline:problem:changed-meanwhile' })
      await api.correct(recording, { transcript_version: version, segment: index, ...wanted })
      editing.value = null
    } catch (reason) {
      error.value = reason
      // Somebody else changed it: what is shown must be what the next change is made on.
      if (!(reason instanceof ApiError && reason.status === 412)) return
    } finally {
      busy.value = false
    }
    await of.reload()
  }

  function edit(index: number | null): void {
    error.value = null
    editing.value = index !== null && of.mayEdit() ? index : null
  }

  const withTurn = (work: (turn: Turn) => unknown) => () => {
    const turn = of.current.value
    return turn && of.mayEdit() && editing.value === null ? work(turn) : false
  }
  useShortcuts({
    'turn.edit': withTurn((turn) => edit(turn.index)),
    'turn.role': withTurn((turn) => change(turn, { kind: 'role', role: otherRole(turn.segment.role) })),
    'turn.merge': withTurn((turn) => (canMerge(turn, of.turns.value[turn.index + 1]) ? change(turn, { kind: 'merge' }) : false)),
  })

  return { editing, busy, error, edit, change, said: computed(() => (error.value === null ? '' : explain(error.value).title)) }
}
