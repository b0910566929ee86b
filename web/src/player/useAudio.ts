import { computed, nextTick, onBeforeUnmount, ref, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import { playUrl } from '@/api/client'
import { partAfter, type Part, type Turn } from '@/transcript/timeline'

import { skipTo } from './silence'
import { nextSpeed, storedSpeed, storeSpeed } from './speed'

export interface Audio {
  part: Ref<number>
  time: Ref<number>
  playing: Ref<boolean>
  failed: Ref<boolean>
  speed: Ref<number>
  skipsSilence: Ref<boolean>
  loop: Ref<Turn | null>
  duration: ComputedRef<number>
  source: ComputedRef<string>
  listeners: Record<string, () => void>
  playFrom: (part: number, seconds: number) => Promise<void>
  seek: (seconds: number) => Promise<void>
  skip: (seconds: number) => void
  toggle: () => void
  changeSpeed: (by: 1 | -1) => void
  tick: () => void
}

/** Plays the parts of a call one after the other on one audio element, with loop and without silence where that is wanted. */
export function useAudio(
  element: Readonly<ShallowRef<HTMLAudioElement | null>>,
  parts: () => readonly Part[],
  turns: () => readonly Turn[],
  onPosition: (part: number, time: number) => void,
): Audio {
  const part = ref(0)
  const time = ref(0)
  const playing = ref(false)
  const failed = ref(false)
  const speed = ref(storedSpeed())
  const skipsSilence = ref(false)
  const loop = ref<Turn | null>(null)
  const measured = ref<number | null>(null)
  let frame = 0

  const current = computed(() => parts()[part.value])
  const duration = computed(() => measured.value ?? current.value?.duration ?? 0)
  const source = computed(() => (current.value ? playUrl(current.value.recording.id) : ''))

  function tick(): void {
    if (element.value) {
      time.value = element.value.currentTime
      onPosition(part.value, time.value)
    }
  }

  function advance(): void {
    if (!element.value || !playing.value) return
    const now = element.value.currentTime
    const turn = loop.value
    if (turn && turn.part === part.value && (now >= turn.end + 0.15 || now < turn.start - 0.5)) {
      element.value.currentTime = turn.start
    } else if (skipsSilence.value && !turn) {
      const target = skipTo(turns(), part.value, now)
      if (target !== null) element.value.currentTime = target
    }
    tick()
    frame = requestAnimationFrame(advance)
  }

  const listeners = {
    play() {
      playing.value = true
      cancelAnimationFrame(frame)
      advance()
    },
    pause() {
      playing.value = false
      tick()
    },
    ended() {
      listeners.pause()
      const turn = loop.value
      const next = turn ? turn.part : partAfter(parts(), part.value)
      if (next !== null) void playFrom(next, turn?.start ?? 0)
    },
    loadedmetadata() {
      failed.value = false
      const seconds = element.value?.duration
      measured.value = seconds && Number.isFinite(seconds) ? seconds : null
      applySpeed()
    },
    error() {
      failed.value = true
    },
  }

  function applySpeed(): void {
    if (!element.value) return
    element.value.preservesPitch = true
    element.value.playbackRate = speed.value
  }

  async function playFrom(index: number, seconds: number): Promise<void> {
    if (index !== part.value) {
      part.value = index
      await nextTick()
    }
    await seek(seconds)
    // A browser may refuse to play before the first click or key on the page: then the position is all there is.
    await element.value?.play().catch(() => undefined)
  }

  async function seek(seconds: number): Promise<void> {
    const audio = element.value
    if (!audio) return
    if (audio.readyState < HTMLMediaElement.HAVE_METADATA) {
      if (audio.networkState === HTMLMediaElement.NETWORK_EMPTY) audio.load()
      await new Promise<void>((resolve) => {
        audio.addEventListener('loadedmetadata', () => resolve(), { once: true })
        audio.addEventListener('error', () => resolve(), { once: true })
      })
    }
    audio.currentTime = Math.min(Math.max(0, seconds), duration.value || seconds)
    tick()
  }

  function toggle(): void {
    if (!element.value) return
    if (element.value.paused) void element.value.play().catch(() => undefined)
    else element.value.pause()
  }

  watch(speed, () => {
    applySpeed()
    storeSpeed(speed.value)
  })
  watch(source, () => {
    time.value = 0
    measured.value = null
  })
  onBeforeUnmount(() => cancelAnimationFrame(frame))

  return {
    part, time, playing, failed, speed, skipsSilence, loop, duration, source, listeners, playFrom, seek, toggle, tick,
    skip: (seconds) => void seek((element.value?.currentTime ?? 0) + seconds),
    changeSpeed: (by) => (speed.value = nextSpeed(speed.value, by)),
  }
}
