/** Keys of the call page. This one list feeds both the handler and what the page says about them. */
export type CallCommand = 'toggle' | 'back' | 'forward' | 'previous-turn' | 'next-turn' | 'replay-turn'

export const SHORTCUTS: readonly { key: string; shown: string; command: CallCommand; does: string }[] = [
  { key: ' ', shown: '空格', command: 'toggle', does: '播放或暂停' },
  { key: 'ArrowLeft', shown: '←', command: 'back', does: '后退 3 秒' },
  { key: 'ArrowRight', shown: '→', command: 'forward', does: '前进 3 秒' },
  { key: 'k', shown: 'K', command: 'previous-turn', does: '上一句' },
  { key: 'j', shown: 'J', command: 'next-turn', does: '下一句' },
  { key: 'r', shown: 'R', command: 'replay-turn', does: '重听本句' },
]

/** The command of a key press, or null where the key belongs to something else, such as a field or a button. */
export function commandOf(event: Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'target'>): CallCommand | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null
  const target = event.target as { tagName?: string; isContentEditable?: boolean } | null
  const tag = target?.tagName ?? ''
  if (target?.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(tag)) return null
  if (event.key === ' ' && /^(BUTTON|A|SUMMARY)$/.test(tag)) return null
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return SHORTCUTS.find((shortcut) => shortcut.key === key)?.command ?? null
}
