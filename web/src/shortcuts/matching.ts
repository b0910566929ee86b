import { SHORTCUTS, type Shortcut, type ShortcutId } from './shortcuts'

/** What of a key press decides what it does. */
export interface KeyPress {
  key: string
  ctrl: boolean
  alt: boolean
  shift: boolean
  /** What has the focus. A list or a text takes keys of its own, a button the blank and Enter, a dialogue all. */
  focus: 'page' | 'button' | 'field' | 'dialogue'
}

export interface Match {
  id: ShortcutId | null
  /** Keys pressed so far of a shortcut of several keys. */
  pending: string
}

const NOTHING: Match = { id: null, pending: '' }
const MODIFIERS: ReadonlySet<string> = new Set(['Control', 'Alt', 'Shift', 'Meta'])

/**
 * The shortcut that a key press completes, of those in `active` (the one registered last first); `pending` is what an
 * earlier press left.
 */
export function matchKey(press: KeyPress, pending: string, active: readonly ShortcutId[]): Match {
  if (MODIFIERS.has(press.key)) return { id: null, pending }
  const name = nameOf(press)
  for (const typed of pending ? [`${pending} ${name}`, name] : [name]) {
    const candidates = active
      .map((id) => SHORTCUTS.find((shortcut) => shortcut.id === id))
      .filter((shortcut) => shortcut !== undefined)
      .filter((shortcut) => reaches(press, shortcut))
    const whole = candidates.find((shortcut) => (shortcut.keys as readonly string[]).includes(typed))
    if (whole) return { id: whole.id, pending: '' }
    if (candidates.some((shortcut) => shortcut.keys.some((keys) => keys.startsWith(`${typed} `)))) {
      return { id: null, pending: typed }
    }
  }
  return NOTHING
}

function reaches(press: KeyPress, shortcut: Shortcut): boolean {
  switch (press.focus) {
    case 'page':
      return true
    case 'button':
      return press.key !== ' ' && press.key !== 'Enter' ? true : press.ctrl || press.alt
    case 'field':
      return shortcut.inFields === true
    case 'dialogue':
      return false
  }
}

function nameOf(press: KeyPress): string {
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key
  // Shift is part of the character itself, such as ?.
  const shift = press.shift && press.key.length > 1 ? 'Shift+' : ''
  return `${press.ctrl ? 'Ctrl+' : ''}${press.alt ? 'Alt+' : ''}${shift}${key}`
}

interface Target {
  tagName?: string
  type?: string
  isContentEditable?: boolean
  closest?: (selector: string) => unknown
}

const OWN_KEYS = '[role="combobox"], [role="listbox"], [role="option"], [role="menu"], [role="tree"], [role="slider"]'
const CLICKED: ReadonlySet<string> = new Set(['checkbox', 'radio', 'button', 'submit'])

/** What kind of thing has the focus. */
export function focusKind(target: Target | null): KeyPress['focus'] {
  if (target?.closest?.('[role="dialog"]')) return 'dialogue'
  const tag = target?.tagName ?? ''
  if (tag === 'INPUT' && CLICKED.has(target?.type ?? '')) return 'button'
  if (target?.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(tag) || target?.closest?.(OWN_KEYS)) return 'field'
  return /^(BUTTON|A|SUMMARY)$/.test(tag) ? 'button' : 'page'
}
