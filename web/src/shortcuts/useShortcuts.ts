import { onBeforeUnmount, onMounted } from 'vue'

import { focusKind, matchKey } from './matching'
import type { ShortcutId } from './shortcuts'

/** Does what the key stands for; `false` where it had nothing to do, so that the key goes to the next one or the browser. */
export type ShortcutHandler = () => unknown
export type ShortcutHandlers = Partial<Record<ShortcutId, ShortcutHandler>>

/** After this long the first key of two is forgotten. */
const SEQUENCE_MILLISECONDS = 1_200

const registered: ShortcutHandlers[] = []
let pending = ''
let forgetting: ReturnType<typeof setTimeout> | undefined

function act(event: KeyboardEvent): void {
  // Keys that choose a character in an input method are the method's own.
  if (event.isComposing || event.metaKey || event.defaultPrevented) return
  const press = {
    key: event.key,
    ctrl: event.ctrlKey,
    alt: event.altKey,
    shift: event.shiftKey,
    focus: focusKind(event.target as HTMLElement | null),
  }
  let active = registered.flatMap((handlers) => Object.keys(handlers) as ShortcutId[])
  for (;;) {
    const match = matchKey(press, pending, active)
    clearTimeout(forgetting)
    if (match.id === null) {
      pending = match.pending
      if (pending) forgetting = setTimeout(() => (pending = ''), SEQUENCE_MILLISECONDS)
      return
    }
    const handle = registered.find((handlers) => match.id !== null && handlers[match.id])?.[match.id]
    if (handle && handle() !== false) {
      pending = ''
      event.preventDefault()
      return
    }
    active = active.filter((id) => id !== match.id)
  }
}

function pressed(event: KeyboardEvent): void {
  if (event.key !== 'Escape') act(event)
}

/** Esc is taken on its way down: a list of choices keeps it to itself, so that its field could never be left. */
function escaped(event: KeyboardEvent): void {
  if (event.key === 'Escape') act(event)
}

/** Have keys do something for as long as the component is shown. What is shown later comes first. */
export function useShortcuts(handlers: ShortcutHandlers): void {
  onMounted(() => {
    if (registered.length === 0) {
      window.addEventListener('keydown', escaped, { capture: true })
      window.addEventListener('keydown', pressed)
    }
    registered.unshift(handlers)
  })
  onBeforeUnmount(() => {
    const at = registered.indexOf(handlers)
    if (at >= 0) registered.splice(at, 1)
    if (registered.length > 0) return
    window.removeEventListener('keydown', escaped, { capture: true })
    window.removeEventListener('keydown', pressed)
  })
}
