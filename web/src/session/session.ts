import { computed, readonly, ref } from 'vue'

import { api, whenUnauthenticated } from '@/api/client'
import { ApiError } from '@/api/problem'
import type { Scope, Session } from '@/api/types'

import { takeKey } from './addressKey'

/** `unknown` until the server was asked once. */
export type SessionState = 'unknown' | 'signed-in' | 'signed-out'

const state = ref<SessionState>('unknown')
const session = ref<Session | null>(null)
const startError = ref<unknown>(null)

export const sessionState = readonly(state)
/** Name of the key that is signed in. */
export const sessionName = computed(() => session.value?.name ?? '')
/** Why the page could not be opened with the key in the address, or with the session of an earlier visit. */
export const sessionStartError = readonly(startError)

/** Whether the key may do what `scope` stands for. The server decides; the page only hides what it would refuse. */
export function may(scope: Scope): boolean {
  return session.value?.scopes.includes(scope) ?? false
}

export async function signIn(key: string): Promise<void> {
  session.value = await api.signIn(key)
  startError.value = null
  state.value = 'signed-in'
}

export async function signOut(): Promise<void> {
  try {
    await api.signOut()
  } finally {
    state.value = 'signed-out'
  }
}

/** Use the key in the address if there is one, or else the session of an earlier visit. */
export async function startSession(): Promise<void> {
  whenUnauthenticated(() => (state.value = 'signed-out'))
  const { key, cleaned } = takeKey(window.location.href)
  if (key) {
    window.history.replaceState(window.history.state, '', cleaned || '/')
    try {
      await signIn(key)
      return
    } catch (error) {
      startError.value = error
      state.value = 'signed-out'
      return
    }
  }
  try {
    session.value = await api.session()
    state.value = 'signed-in'
  } catch (error) {
    // Without an answer nothing is known of the session: signing in says what is wrong.
    if (!(error instanceof ApiError && error.status === 401)) startError.value = error
    state.value = 'signed-out'
  }
}
