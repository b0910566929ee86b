import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { followEvents, type Connection, type EventSourceLike } from './eventStream'

class ScriptedSource implements EventSourceLike {
  static opened: ScriptedSource[] = []
  readyState = 0
  onopen: ((event: Event) => void) | null = null
  onerror: ((event: Event) => void) | null = null
  closed = false
  private readonly listeners = new Map<string, (event: { data: string }) => void>()

  constructor(readonly url: string) {
    ScriptedSource.opened.push(this)
  }

  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(type, listener)
  }

  close(): void {
    this.closed = true
    this.readyState = 2
  }

  becomeOpen(): void {
    this.readyState = 1
    this.onopen?.(new Event('open'))
  }

  fail(final: boolean): void {
    this.readyState = final ? 2 : 0
    this.onerror?.(new Event('error'))
  }

  send(type: string, data: string): void {
    this.listeners.get(type)?.({ data })
  }
}

function follow(resync = vi.fn(() => Promise.resolve())) {
  const seen: [string, unknown][] = []
  const connections: Connection[] = []
  const stop = followEvents({
    url: '/events',
    events: ['progress'],
    onEvent: (name, data) => seen.push([name, data]),
    onConnection: (connection) => connections.push(connection),
    resync,
    pollMilliseconds: 1000,
    open: (url) => new ScriptedSource(url),
  })
  const at = (index: number): ScriptedSource => {
    const source = ScriptedSource.opened[index]
    if (!source) throw new Error(`no stream ${index} was opened`)
    return source
  }
  return { seen, connections, stop, resync, at }
}

beforeEach(() => {
  vi.useFakeTimers()
  ScriptedSource.opened = []
})
afterEach(() => {
  vi.useRealTimers()
})

describe('followEvents', () => {
  it('hands on events with their JSON and does not poll while they come', async () => {
    const { seen, connections, resync, at } = follow()
    at(0).becomeOpen()
    at(0).send('progress', '{"state":"decoding"}')
    at(0).send('progress', 'not json')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(seen).toEqual([['progress', { state: 'decoding' }], ['progress', 'not json']])
    expect(connections).toEqual(['connecting', 'live'])
    expect(resync).not.toHaveBeenCalled()
  })

  it('polls while the browser reconnects, and fetches what was missed once it has', async () => {
    const { connections, resync, at } = follow()
    at(0).becomeOpen()
    at(0).fail(false)
    await vi.advanceTimersByTimeAsync(2_500)
    expect(resync).toHaveBeenCalledTimes(3)
    expect(ScriptedSource.opened).toHaveLength(1)
    at(0).becomeOpen()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(resync).toHaveBeenCalledTimes(4)
    expect(connections).toEqual(['connecting', 'live', 'polling', 'live'])
  })

  it('opens a stream that was refused again, waiting longer each time', async () => {
    const { resync, at } = follow()
    at(0).fail(true)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(ScriptedSource.opened).toHaveLength(2)
    at(1).fail(true)
    await vi.advanceTimersByTimeAsync(1_900)
    expect(ScriptedSource.opened).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(200)
    expect(ScriptedSource.opened).toHaveLength(3)
    expect(resync).toHaveBeenCalled()
  })

  it('goes on polling when the server cannot be reached at all', async () => {
    const { resync, at } = follow(vi.fn(() => Promise.reject(new Error('away'))))
    at(0).fail(false)
    await vi.advanceTimersByTimeAsync(3_100)
    expect(resync).toHaveBeenCalledTimes(4)
  })

  it('is over after stop', async () => {
    const { seen, stop, resync, at } = follow()
    at(0).fail(true)
    stop()
    at(0).send('progress', '{}')
    resync.mockClear()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(seen).toEqual([])
    expect(resync).not.toHaveBeenCalled()
    expect(ScriptedSource.opened).toHaveLength(1)
    expect(at(0).closed).toBe(true)
  })
})
