/** Samples a second that are enough to draw by. */
const DRAWN_RATE = 8000
/** Points of a waveform: twice what the widest usual screen shows. */
const POINTS = 4000

/** Fetch and decode a recording; the loudest sample of each stretch, for each channel. */
export async function fetchPeaks(url: string, signal: AbortSignal): Promise<Float32Array[]> {
  const response = await fetch(url, { credentials: 'same-origin', signal })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  const decoder = new OfflineAudioContext(1, 1, DRAWN_RATE)
  const audio = await decoder.decodeAudioData(await response.arrayBuffer())
  return Array.from({ length: audio.numberOfChannels }, (_, channel) => peaksOf(audio.getChannelData(channel), POINTS))
}

/** The greatest magnitude in each of `count` equal stretches of `samples`. */
export function peaksOf(samples: Float32Array, count: number): Float32Array {
  const length = Math.min(count, samples.length)
  const peaks = new Float32Array(length)
  for (let i = 0; i < length; i += 1) {
    const end = Math.floor(((i + 1) * samples.length) / length)
    for (let j = Math.floor((i * samples.length) / length); j < end; j += 1) {
      const magnitude = Math.abs(samples[j] ?? 0)
      if (magnitude > (peaks[i] ?? 0)) peaks[i] = magnitude
    }
  }
  return peaks
}
