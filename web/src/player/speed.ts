/** Speeds of playback, slowest first. */
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5] as const

/** The next faster (`by` 1) or slower (-1) speed; the outermost stay. */
export function nextSpeed(speed: number, by: 1 | -1): number {
  const others = by > 0 ? SPEEDS.filter((one) => one > speed) : [...SPEEDS].reverse().filter((one) => one < speed)
  return others[0] ?? speed
}

const STORED = 'hotline.speed'

/** The speed that was last chosen at this browser. */
export function storedSpeed(): number {
  const stored = Number(localStorage.getItem(STORED))
  return SPEEDS.some((speed) => speed === stored) ? stored : 1
}

export function storeSpeed(speed: number): void {
  localStorage.setItem(STORED, String(speed))
}
