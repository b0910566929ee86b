import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '@/api/problem'
import type { Review, TicketEdit } from '@/api/types'

import { Autosave, type SaveState } from './autosave'

const review = (etag: string, fields: TicketEdit = {}): Review => ({ etag, draft: { fields } }) as unknown as Review

function open(save: (fields: TicketEdit, etag: string) => Promise<Review>) {
  const states: SaveState[] = []
  const kept: (TicketEdit | null)[] = []
  const merged: TicketEdit[] = []
  const autosave = new Autosave(
    {
      save,
      keep: (draft) => kept.push(draft && draft.fields),
      onState: (state) => states.push(state),
      onMerged: (fields) => merged.push(fields),
      onSaved: () => undefined,
    },
    {},
    'v1',
  )
  return { autosave, states, kept, merged }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('Autosave', () => {
  it('sends several changes once, on the version that it knows', async () => {
    const save = vi.fn(() => Promise.resolve(review('v2')))
    const { autosave, states, kept } = open(save)
    autosave.change({ title: 'a' })
    autosave.change({ title: 'ab' })
    await vi.runAllTimersAsync()
    expect(save.mock.calls).toEqual([[{ title: 'ab' }, 'v1']])
    expect(states.at(-1)).toBe('saved')
    expect(kept.at(-1)).toBeNull()
    expect(autosave.version).toBe('v2')
  })

  it('sends what changed while it was sending', async () => {
    let first = true
    const save = vi.fn(async (fields: TicketEdit) => {
      if (first) {
        first = false
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
      return review(`v-${fields.title}`)
    })
    const { autosave, states } = open(save)
    autosave.change({ title: 'a' })
    await vi.advanceTimersByTimeAsync(800)
    autosave.change({ title: 'b' })
    await vi.runAllTimersAsync()
    expect(save.mock.calls.map(([fields]) => fields.title)).toEqual(['a', 'b'])
    expect(states.at(-1)).toBe('saved')
  })

  it('keeps the draft without a connection, and sends it when there is one again', async () => {
    let there = false
    const save = vi.fn(() => (there ? Promise.resolve(review('v2')) : Promise.reject(new ApiError(0, {}))))
    const { autosave, states, kept } = open(save)
    autosave.change({ title: 'a' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(states.at(-1)).toBe('offline')
    expect(kept.at(-1)).toEqual({ title: 'a' })
    there = true
    await vi.advanceTimersByTimeAsync(4_000)
    expect(states.at(-1)).toBe('saved')
    expect(kept.at(-1)).toBeNull()
  })

  it('merges with what a second tab saved, and sends the whole', async () => {
    const changed = new ApiError(412, {}, review('v5', { urgency: 'urgent' }))
    const save = vi.fn().mockRejectedValueOnce(changed).mockResolvedValueOnce(review('v6'))
    const { autosave, states, merged } = open(save)
    autosave.change({ title: 'a' })
    await vi.runAllTimersAsync()
    expect(merged).toEqual([{ title: 'a', urgency: 'urgent' }])
    expect(save.mock.calls[1]).toEqual([{ title: 'a', urgency: 'urgent' }, 'v5'])
    expect(states.at(-1)).toBe('saved')
  })

  it('overwrites nothing where both changed the same field, until a person decides', async () => {
    const changed = new ApiError(412, {}, review('v5', { title: '别人的' }))
    const save = vi.fn().mockRejectedValueOnce(changed).mockResolvedValueOnce(review('v6'))
    const { autosave, states, kept } = open(save)
    autosave.change({ title: '我的' })
    await vi.runAllTimersAsync()
    expect(states.at(-1)).toBe('conflict')
    autosave.change({ title: '我的', urgency: 'urgent' })
    await vi.runAllTimersAsync()
    expect(save).toHaveBeenCalledTimes(1)
    expect(kept.at(-1)).toEqual({ title: '我的', urgency: 'urgent' })
    autosave.resolve({ title: '别人的', urgency: 'urgent' })
    await vi.runAllTimersAsync()
    expect(save.mock.calls[1]).toEqual([{ title: '别人的', urgency: 'urgent' }, 'v5'])
    expect(states.at(-1)).toBe('saved')
  })

  it('stops when the claim is lost, and goes on when it is taken again', async () => {
    const save = vi.fn().mockRejectedValueOnce(new ApiError(409, {})).mockResolvedValueOnce(review('v2'))
    const { autosave, states } = open(save)
    autosave.change({ title: 'a' })
    await vi.runAllTimersAsync()
    expect(states.at(-1)).toBe('lost')
    autosave.change({ title: 'ab' })
    await vi.runAllTimersAsync()
    expect(save).toHaveBeenCalledTimes(1)
    autosave.resume()
    await vi.runAllTimersAsync()
    expect(save.mock.calls[1]?.[0]).toEqual({ title: 'ab' })
    expect(states.at(-1)).toBe('saved')
  })

  it('sends at once when asked to', async () => {
    const save = vi.fn(() => Promise.resolve(review('v2')))
    const { autosave } = open(save)
    autosave.change({ title: 'a' })
    await autosave.flush()
    expect(save).toHaveBeenCalledTimes(1)
    await vi.runAllTimersAsync()
    expect(save).toHaveBeenCalledTimes(1)
  })

  it('has nothing to send where a change was taken back', async () => {
    const save = vi.fn(() => Promise.resolve(review('v2')))
    const { autosave, kept } = open(save)
    autosave.change({ title: 'a' })
    autosave.change({})
    await vi.runAllTimersAsync()
    expect(save).not.toHaveBeenCalled()
    expect(kept.at(-1)).toBeNull()
  })
})
