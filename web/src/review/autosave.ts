import { ApiError } from '@/api/problem'
import type { Review, TicketEdit } from '@/api/types'

import { mergeDrafts, same, type Clash } from './draft'

/** `waiting`: something changed and is about to be sent; `offline`: the server can't be reached, it is tried again. */
export type SaveState = 'saved' | 'waiting' | 'saving' | 'offline' | 'conflict' | 'lost' | 'failed'

export interface AutosaveOptions {
  save: (fields: TicketEdit, etag: string) => Promise<Review>
  /** Keeps what the server does not have yet; null once it has everything. */
  keep: (draft: { base: TicketEdit; fields: TicketEdit; etag: string } | null) => void
  onState: (state: SaveState, error: unknown) => void
  /** The draft was brought together with somebody else's. */
  onMerged: (fields: TicketEdit, review: Review, clashes: readonly Clash[]) => void
  onSaved: (review: Review) => void
  delayMilliseconds?: number
  retryMilliseconds?: number
}

/**
 * Sends a draft a little after each change. A lost connection costs nothing: the draft is kept at the browser and sent again; a
 * draft that changed elsewhere meanwhile is merged field by field, and a person decides where both changed the same field.
 */
export class Autosave {
  private fields: TicketEdit
  private timer: ReturnType<typeof setTimeout> | undefined
  private running: Promise<void> | null = null
  private state: SaveState = 'saved'
  private stopped = false

  constructor(
    private readonly options: AutosaveOptions,
    private base: TicketEdit,
    private etag: string,
  ) {
    this.fields = base
  }

  /** Version of the ticket that the next change is made on. */
  get version(): string {
    return this.etag
  }

  /** The draft changed to `fields`. */
  change(fields: TicketEdit): void {
    this.fields = fields
    if (same(fields, this.base)) {
      clearTimeout(this.timer)
      this.options.keep(null)
      if (!this.running) this.enter('saved')
      return
    }
    this.options.keep({ base: this.base, fields, etag: this.etag })
    if (this.state === 'conflict' || this.state === 'lost') return
    this.enter('waiting')
    this.schedule(this.options.delayMilliseconds ?? 700)
  }

  /** Send now what is not sent yet; resolves when nothing more can be done. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    if (this.running) await this.running
    if (this.stopped || this.state === 'conflict' || this.state === 'lost' || same(this.fields, this.base)) return
    this.running = this.send().finally(() => (this.running = null))
    await this.running
    if (this.state === 'waiting') await this.flush()
  }

  /** The person decided about the clashes: `fields` is what shall hold. */
  resolve(fields: TicketEdit): void {
    this.state = 'waiting'
    this.fields = fields
    this.change(fields)
  }

  /** The ticket is another version by an action: nothing is left to be sent. */
  restart(base: TicketEdit, etag: string): void {
    clearTimeout(this.timer)
    this.base = base
    this.fields = base
    this.etag = etag
    this.options.keep(null)
    this.enter('saved')
  }

  /** The claim was taken again: what is not sent yet may be sent. */
  resume(): void {
    if (this.state !== 'lost') return
    this.state = 'saved'
    this.change(this.fields)
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private async send(): Promise<void> {
    const sent = this.fields
    this.enter('saving')
    try {
      this.accept(await this.options.save(sent, this.etag), sent)
    } catch (error) {
      this.refused(error)
    }
  }

  private accept(review: Review, sent: TicketEdit): void {
    this.etag = review.etag
    this.base = sent
    this.options.onSaved(review)
    if (same(this.fields, sent)) {
      this.options.keep(null)
      this.enter('saved')
    } else this.change(this.fields)
  }

  private refused(error: unknown): void {
    if (!(error instanceof ApiError)) this.enter('failed', error)
    else if (error.status === 412 && error.current) this.merge(error.current as Review)
    else if (error.status === 409) this.enter('lost', error)
    else if (error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500) {
      this.enter('offline', error)
      if (!this.stopped) this.schedule(this.options.retryMilliseconds ?? 3_000)
    } else this.enter('failed', error)
  }

  private merge(current: Review): void {
    const theirs = current.draft?.fields ?? {}
    const { fields, clashes } = mergeDrafts(this.base, this.fields, theirs)
    this.base = theirs
    this.etag = current.etag
    this.fields = fields
    this.options.onMerged(fields, current, clashes)
    if (clashes.length) {
      this.options.keep({ base: this.base, fields, etag: this.etag })
      this.enter('conflict')
    } else this.change(fields)
  }

  private schedule(milliseconds: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.flush(), milliseconds)
  }

  private enter(state: SaveState, error: unknown = null): void {
    this.state = state
    this.options.onState(state, error)
  }
}
