import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'

import { api } from '@/api/client'
import type { FormCheck, Review, TicketEdit, TicketField, TicketValues } from '@/api/types'

import { Autosave, type SaveState } from './autosave'
import { same, withField, type Clash } from './draft'
import { forgetLocally, keepLocally, localDraft } from './localDraft'
import { machineFields, sendable } from './ticketFields'

const CHECK_MILLISECONDS = 200

export interface ReviewedTicket {
  review: Ref<Review | null>
  error: Ref<unknown>
  /** What the form shows: the machine's values with the draft's over them. */
  values: ComputedRef<TicketValues>
  /** Only what was changed. */
  draft: Ref<TicketEdit>
  saveState: Ref<SaveState>
  saveError: Ref<unknown>
  clashes: Ref<readonly Clash[]>
  /** That another page's changes came in. */
  mergedFields: Ref<boolean>
  check: Ref<FormCheck | null>
  /** That the check is of an older form than what is shown. */
  checking: Ref<boolean>
  canTakeBack: ComputedRef<boolean>
  load: () => Promise<void>
  setField: (field: TicketField, value: unknown) => void
  /** Take back the last change of a field; false where there is none. */
  takeBack: () => boolean
  settle: (clash: Clash, choice: 'mine' | 'theirs') => void
  flush: () => Promise<void>
  version: () => string
  resume: () => void
  /** An action made another version of the ticket. */
  adopt: (review: Review) => void
}

/** A ticket under review: its form, checked by the server as it changes, saved by itself, and safe from lost connections. */
export function useReview(ticketId: string): ReviewedTicket {
  const review = shallowRef<Review | null>(null)
  const error = ref<unknown>(null)
  const draft = shallowRef<TicketEdit>({})
  const saveState = ref<SaveState>('saved')
  const saveError = ref<unknown>(null)
  const clashes = ref<readonly Clash[]>([])
  const mergedFields = ref(false)
  const check = shallowRef<FormCheck | null>(null)
  const outdated = ref(false)
  const earlier = shallowRef<readonly TicketEdit[]>([])
  let autosave: Autosave | null = null
  let checkTimer: ReturnType<typeof setTimeout> | undefined
  let checking: AbortController | null = null

  const machine = computed(() => (review.value ? machineFields(review.value.ticket) : null))
  const values = computed(() => ({ ...machine.value, ...draft.value }) as TicketValues)

  function open(next: Review, kept: ReturnType<typeof localDraft>): void {
    autosave?.stop()
    const saved = next.draft?.fields ?? {}
    review.value = next
    earlier.value = []
    clashes.value = []
    autosave = new Autosave(
      {
        save: (fields, etag) => api.saveDraft(ticketId, sendable(fields, next), etag),
        keep: (unsent) => (unsent ? keepLocally(localStorage, ticketId, unsent) : forgetLocally(localStorage, ticketId)),
        onState(state, reason) {
          saveState.value = state
          saveError.value = reason
        },
        onSaved: (fresh) => (review.value = { ...fresh, ticket: { ...fresh.ticket } }),
        onMerged(fields, current, found) {
          review.value = current
          draft.value = fields
          earlier.value = []
          clashes.value = found
          mergedFields.value = true
        },
      },
      // A draft that this browser kept was made on what the server had then: an older version is refused and merged.
      kept ? kept.base : saved,
      kept ? kept.etag : next.etag,
    )
    draft.value = kept ? kept.fields : saved
    check.value = next.check
    outdated.value = kept !== null
    if (kept) {
      autosave.change(kept.fields)
      checkSoon(0)
    }
  }

  async function load(): Promise<void> {
    error.value = null
    try {
      open(await api.review(ticketId), localDraft(localStorage, ticketId))
    } catch (reason) {
      error.value = reason
    }
  }

  function put(next: TicketEdit): void {
    draft.value = next
    mergedFields.value = false
    autosave?.change(next)
  }

  function setField(field: TicketField, value: unknown): void {
    if (!machine.value || same(values.value[field], value)) return
    earlier.value = [...earlier.value, draft.value]
    put(withField(draft.value, machine.value, field, value))
  }

  function takeBack(): boolean {
    const before = earlier.value.at(-1)
    if (!before) return false
    earlier.value = earlier.value.slice(0, -1)
    put(before)
    return true
  }

  function settle(clash: Clash, choice: 'mine' | 'theirs'): void {
    if (choice === 'theirs' && machine.value) {
      draft.value = withField(draft.value, machine.value, clash.field, clash.theirs ?? machine.value[clash.field])
    }
    clashes.value = clashes.value.filter((one) => one.field !== clash.field)
    if (clashes.value.length === 0) autosave?.resolve(draft.value)
    else autosave?.change(draft.value)
  }

  function checkSoon(milliseconds: number): void {
    clearTimeout(checkTimer)
    checkTimer = setTimeout(() => void runCheck(), milliseconds)
  }

  async function runCheck(): Promise<void> {
    if (!review.value) return
    checking?.abort()
    const request = new AbortController()
    checking = request
    try {
      check.value = await api.check(ticketId, sendable(draft.value, review.value), request.signal)
    } catch {
      // The last check stays; without a connection nothing can be concluded anyway, and concluding checks again.
    }
    if (checking === request && !request.signal.aborted) outdated.value = false
  }

  function online(): void {
    void autosave?.flush()
  }

  watch(draft, () => {
    outdated.value = true
    checkSoon(CHECK_MILLISECONDS)
  }, { flush: 'sync' })
  onMounted(() => window.addEventListener('online', online))
  onBeforeUnmount(() => {
    window.removeEventListener('online', online)
    clearTimeout(checkTimer)
    checking?.abort()
    autosave?.stop()
  })

  return {
    review, error, values, draft, saveState, saveError, clashes, mergedFields, check, checking: outdated, load, setField, takeBack, settle,
    canTakeBack: computed(() => earlier.value.length > 0),
    flush: async () => autosave?.flush(),
    version: () => autosave?.version ?? '',
    resume: () => autosave?.resume(),
    adopt: (next) => open(next, null),
  }
}
