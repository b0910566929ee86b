/** The one time of the country, which the server too takes times without an offset to be in. */
const BEIJING = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
})

const pad = (value: number): string => String(value).padStart(2, '0')

/** Seconds as `m:ss`, from an hour on as `h:mm:ss`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '—'
  const whole = Math.max(0, Math.floor(seconds + 1e-6))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`
}

/** A moment in Beijing time, `YYYY-MM-DD HH:MM`; a bare date stays a bare date. */
export function formatMoment(iso: string | null | undefined): string {
  if (!iso) return '—'
  const local = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}))?$/.exec(iso)
  if (local) return local[2] ? `${local[1]} ${local[2]}` : (local[1] ?? '—')
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  return BEIJING.format(date).slice(0, 16)
}

/** The same, without the year where it is this year's, without the day where it is today's. */
export function formatRecent(iso: string | null | undefined, now: Date): string {
  const full = formatMoment(iso)
  const today = BEIJING.format(now).slice(0, 10)
  if (full.startsWith(today)) return `今天 ${full.slice(today.length + 1)}`
  return full.startsWith(today.slice(0, 5)) ? full.slice(5) : full
}

/** A moment as a wall clock in Beijing shows it, `YYYY-MM-DDTHH:MM:SS`. */
export function beijingClock(date: Date): string {
  return BEIJING.format(date).replace(' ', 'T')
}

/** Bytes in the unit that reads best. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KB', 'MB', 'GB']
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit] ?? ''}`
}

/** How long something has waited, in the unit that reads best: `3 分`, `2 时 05 分`, `4 天`. */
export function formatWait(since: string | null, now: Date): string {
  if (since === null) return '—'
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 60_000))
  if (!Number.isFinite(minutes)) return '—'
  if (minutes < 60) return `${minutes} 分`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} 时 ${pad(minutes % 60)} 分` : `${Math.floor(hours / 24)} 天`
}
