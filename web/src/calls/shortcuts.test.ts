import { expect, it } from 'vitest'

import { SHORTCUTS, commandOf } from './shortcuts'

const press = (key: string, tagName = 'BODY', ctrlKey = false) =>
  commandOf({ key, altKey: false, ctrlKey, metaKey: false, target: { tagName } as unknown as EventTarget })

it('maps every key of the list', () => {
  for (const { key, command } of SHORTCUTS) expect(press(key)).toBe(command)
})

it('takes capitals as the same key', () => {
  expect(press('J')).toBe('next-turn')
})

it('leaves fields, buttons and browser keys alone', () => {
  expect(press('j', 'INPUT')).toBeNull()
  expect(press(' ', 'BUTTON')).toBeNull()
  expect(press('j', 'BUTTON')).toBe('next-turn')
  expect(press('r', 'BODY', true)).toBeNull()
  expect(press('x')).toBeNull()
})

it('gives every key and command once', () => {
  expect(new Set(SHORTCUTS.map((s) => s.key)).size).toBe(SHORTCUTS.length)
  expect(new Set(SHORTCUTS.map((s) => s.command)).size).toBe(SHORTCUTS.length)
})
