import { computed, onBeforeUnmount, ref, type ComputedRef, type Ref } from 'vue'

import { api } from '@/api/client'
import { ApiError } from '@/api/problem'
import type { Claim } from '@/api/types'

/** `none`: nobody's, or not asked for; `mine`; `lost`: it was mine until the lease ran out or somebody else took it. */
export type ClaimState = 'none' | 'mine' | 'lost'

const SHORTEST_SECONDS = 5
const LONGEST_SECONDS = 60

export interface HeldClaim {
  state: Ref<ClaimState>
  claim: Ref<Claim | null>
  error: Ref<unknown>
  mine: ComputedRef<boolean>
  take: () => Promise<boolean>
  adopt: (claim: Claim) => void
  end: (release: boolean) => Promise<void>
}

/** A ticket's claim, renewed for as long as the page is open. */
export function useClaim(ticketId: string, onLost: () => void): HeldClaim {
  const state = ref<ClaimState>('none')
  const claim = ref<Claim | null>(null)
  const error = ref<unknown>(null)
  let timer: ReturnType<typeof setTimeout> | undefined

  function adopt(next: Claim): void {
    claim.value = next
    state.value = 'mine'
    error.value = null
    renewLater(next)
  }

  function renewLater(of: Claim): void {
    clearTimeout(timer)
    const left = (Date.parse(of.lease_until) - Date.now()) / 1000
    const seconds = Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, left / 3))
    timer = setTimeout(() => void renew(), seconds * 1000)
  }

  async function renew(): Promise<void> {
    if (state.value !== 'mine') return
    try {
      adopt(await api.heartbeat(ticketId))
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 409 || reason.status === 404)) {
        lose(reason)
        return
      }
      // Without a connection the lease runs on; it is renewed when there is one again.
      timer = setTimeout(() => void renew(), SHORTEST_SECONDS * 1000)
    }
  }

  function lose(reason: unknown): void {
    clearTimeout(timer)
    state.value = 'lost'
    error.value = reason
    onLost()
  }

  async function take(): Promise<boolean> {
    try {
      adopt(await api.claim(ticketId))
      return true
    } catch (reason) {
      error.value = reason
      return false
    }
  }

  /** No longer held: an action ended it, or it is given back. */
  async function end(release: boolean): Promise<void> {
    clearTimeout(timer)
    const held = state.value === 'mine'
    state.value = 'none'
    claim.value = null
    if (release && held) await api.release(ticketId).catch(() => undefined) // the lease ends by itself
  }

  onBeforeUnmount(() => clearTimeout(timer))
  return { state, claim, error, mine: computed(() => state.value === 'mine'), take, adopt, end }
}
