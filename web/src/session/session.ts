import { computed, readonly, ref } from 'vue'

import { api, whenUnauthenticated } from '@/api/client'
import { ApiError } from '@/api/problem'
import type { Scope, Session } from '@/api/types'
import { forgetAllDrafts } from '@/review/localDraft'

import { takeKey } from './addressKey'

/** `unknown` until the server was asked once. */
export type SessionState = 'unknown' | 'signed-in' | 'signed-out'

const state = ref<SessionState>('unknown')
const session = ref<Session | null>(null)
const startError = ref<unknown>(null)

export const sessionState = readonly(state)
/** Name of the person or key that is signed in. */
export const sessionName = computed(() => session.value?.account?.name ?? session.value?.name ?? '')
/** The account that is signed in; null with a key, which may look but not decide. */
export const account = computed(() => session.value?.account ?? null)
export const mustChangePassword = computed(() => account.value?.must_change_password ?? false)
/** Why the page could not be opened with the key in the address, or with the session of an earlier visit. */
export const sessionStartError = readonly(startError)

/** Whether who is signed in may do what `scope` stands for. The server decides; the page only hides what it would refuse. */
export function may(scope: Scope): boolean {
  return session.value?.scopes.includes(scope) ?? false
}

export async function signIn(key: string): Promise<void> {
  enter(await api.signIn(key))
}

export async function signInAs(login: string, password: string): Promise<void> {
  enter(await api.signInAs(login, password))
}

export async function changePassword(current: string, next: string): Promise<void> {
  enter(await api.changePassword(current, next))
}

export async function signOut(everywhere = false): Promise<void> {
  try {
    await (everywhere ? api.signOutEverywhere() : api.signOut())
  } finally {
    forgetAllDrafts(localStorage)
    state.value = 'signed-out'
  }
}

function enter(next: Session): void {
  session.value = next
  startError.value = null
  state.value = 'signed-in'
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
    enter(await api.session())
  } catch (error) {
    // Without an answer nothing is known of the session: signing in says what is wrong.
    if (!(error instanceof ApiError && error.status === 401)) startError.value = error
    state.value = 'signed-out'
  }
}
