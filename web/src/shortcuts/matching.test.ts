import { describe, expect, it } from 'vitest'

import { focusKind, matchKey, type KeyPress } from './matching'
import { SHORTCUTS, shownKeys, type ShortcutId } from './shortcuts'

const press = (key: string, over: Partial<KeyPress> = {}): KeyPress => ({ key, ctrl: false, alt: false, shift: false, focus: 'page', ...over })
const ALL = SHORTCUTS.map((shortcut) => shortcut.id)
const element = (tagName: string, over: object = {}) => ({ tagName, closest: () => null, ...over })

/** Press the keys of a shortcut one after the other. */
function type(keys: string, active: readonly ShortcutId[]): ShortcutId | null {
  let pending = ''
  let id: ShortcutId | null = null
  for (const step of keys === ' ' ? [' '] : keys.split(' ')) {
    const parts = step.split('+')
    const match = matchKey(press(parts.at(-1) ?? '', { ctrl: parts.includes('Ctrl'), alt: parts.includes('Alt') }), pending, active)
    pending = match.pending
    id = match.id
  }
  return id
}

describe('matchKey', () => {
  it.each(SHORTCUTS.flatMap((shortcut) => shortcut.keys.map((keys) => [keys, shortcut.id] as const)))('%s is %s', (keys, id) => {
    expect(type(keys, [id])).toBe(id)
  })

  it('takes capitals as the same key, and ? with Shift', () => {
    expect(matchKey(press('J', { shift: true }), '', ['queue.next']).id).toBe('queue.next')
    expect(matchKey(press('?', { shift: true }), '', ['help']).id).toBe('help')
  })

  it('leaves fields to their text, but for what is meant for them', () => {
    expect(matchKey(press('j', { focus: 'field' }), '', ALL).id).toBeNull()
    expect(matchKey(press('s', { ctrl: true, focus: 'field' }), '', ALL).id).toBe('ticket.save')
    expect(matchKey(press('z', { ctrl: true, focus: 'field' }), '', ALL).id).toBeNull()
  })

  it('leaves buttons what presses them', () => {
    expect(matchKey(press(' ', { focus: 'button' }), '', ALL).id).toBeNull()
    expect(matchKey(press('Enter', { focus: 'button' }), '', ALL).id).toBeNull()
    expect(matchKey(press('d', { focus: 'button' }), '', ALL).id).toBe('act.dispatch')
  })

  it('does nothing behind a dialogue, and nothing for keys of the browser', () => {
    expect(matchKey(press('d', { focus: 'dialogue' }), '', ALL).id).toBeNull()
    expect(matchKey(press('r', { ctrl: true }), '', ALL).id).toBeNull()
  })

  it('waits for the second key, and forgets the first where another comes', () => {
    expect(matchKey(press('g'), '', ALL)).toEqual({ id: null, pending: 'g' })
    expect(matchKey(press('q'), 'g', ALL)).toEqual({ id: 'go.queue', pending: '' })
    expect(matchKey(press('d'), 'g', ALL)).toEqual({ id: 'act.dispatch', pending: '' })
    expect(matchKey(press('y'), 'g', ALL)).toEqual({ id: null, pending: '' })
  })

  it('takes what was registered last where two have the key', () => {
    expect(matchKey(press('j'), '', ['play.next-turn', 'queue.next']).id).toBe('play.next-turn')
  })
})

describe('the list', () => {
  it('has each shortcut once', () => {
    expect(new Set(ALL).size).toBe(ALL.length)
  })

  it('has no two shortcuts of one page on one key', () => {
    const page = SHORTCUTS.filter(({ scope }) => scope !== 'queue' && scope !== 'everywhere')
    // Enter and Esc mean what is open: a turn being edited, a decision being confirmed, an unclaimed call.
    const keys = page.flatMap((shortcut) => [...shortcut.keys]).filter((key) => !/Enter|Escape/.test(key))
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
  })

  it('shows keys as a keyboard does', () => {
    expect([' ', 'g q', 'Ctrl+Enter', 'ArrowLeft', '?'].map(shownKeys)).toEqual([['空格'], ['G', 'Q'], ['Ctrl+回车'], ['←'], ['?']])
  })
})

describe('focusKind', () => {
  it.each([
    ['BODY', {}, 'page'],
    ['INPUT', { type: 'text' }, 'field'],
    ['INPUT', { type: 'checkbox' }, 'button'],
    ['TEXTAREA', {}, 'field'],
    ['BUTTON', {}, 'button'],
    ['LI', { closest: (selector: string) => selector.includes('option') }, 'field'],
    ['BUTTON', { closest: (selector: string) => selector === '[role="dialog"]' }, 'dialogue'],
    ['DIV', { isContentEditable: true }, 'field'],
  ])('%s %o is %s', (tag, over, kind) => {
    expect(focusKind(element(tag, over))).toBe(kind)
  })
})
