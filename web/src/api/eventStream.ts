/** The part of `EventSource` that is used here. */
export interface EventSourceLike {
  readonly readyState: number
  onopen: ((event: Event) => void) | null
  onerror: ((event: Event) => void) | null
  addEventListener(type: string, listener: (event: { data: string }) => void): void
  close(): void
}

/** `live`: events come; `polling`: the stream is broken and the state is asked for again and again meanwhile. */
export type Connection = 'connecting' | 'live' | 'polling' | 'closed'

export interface EventStreamOptions {
  url: string
  /** Names of the events that are wanted. */
  events: readonly string[]
  onEvent: (name: string, data: unknown) => void
  onConnection?: (connection: Connection) => void
  /** Fetches the whole state: after every reconnection, since events were missed, and while there is no stream. */
  resync: () => Promise<void>
  pollMilliseconds?: number
  open?: (url: string) => EventSourceLike
}

const CLOSED = 2
const FIRST_RETRY = 1_000
const LONGEST_RETRY = 30_000

/** Follow server-sent events for as long as it takes; returns what ends it. */
export function followEvents(options: EventStreamOptions): () => void {
  const { url, events, onEvent, resync, pollMilliseconds = 3_000 } = options
  const open: (url: string) => EventSourceLike = options.open ?? ((address: string) => new EventSource(address, { withCredentials: true }))
  let source: EventSourceLike | null = null
  let connection: Connection | null = null
  let failures = 0
  let interrupted = false
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let pollTimer: ReturnType<typeof setTimeout> | undefined

  function enter(next: Connection): void {
    if (connection === next) return
    connection = next
    options.onConnection?.(next)
  }

  const ended = (): boolean => connection === 'closed'

  async function refresh(): Promise<void> {
    try {
      await resync()
    } catch {
      // The server is still away, which the connection already says; the next turn tries again.
    }
  }

  async function poll(): Promise<void> {
    await refresh()
    if (connection === 'polling') pollTimer = setTimeout(() => void poll(), pollMilliseconds)
  }

  function connect(): void {
    if (ended()) return
    const current = open(url)
    source = current
    current.onopen = () => {
      if (source !== current || ended()) return
      failures = 0
      clearTimeout(pollTimer)
      enter('live')
      if (interrupted) void refresh()
      interrupted = false
    }
    current.onerror = () => {
      if (source !== current || ended()) return
      interrupted = true
      if (connection !== 'polling') {
        enter('polling')
        void poll()
      }
      // A browser reconnects by itself after a lost connection, but gives up after an answer that isn't a stream.
      if (current.readyState === CLOSED) {
        current.close()
        retryTimer = setTimeout(connect, Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** failures))
        failures += 1
      }
    }
    for (const name of events) {
      current.addEventListener(name, (event) => {
        if (!ended()) onEvent(name, parse(event.data))
      })
    }
  }

  enter('connecting')
  connect()
  return () => {
    enter('closed')
    clearTimeout(retryTimer)
    clearTimeout(pollTimer)
    source?.close()
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}
