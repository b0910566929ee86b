/**
 * Every shortcut of the console. This one list feeds the handler, the help and the marks on buttons.
 *
 * `keys` are alternatives. A key is a character or the name that browsers give it, with `Ctrl+`, `Alt+` or `Shift+` before it;
 * two with a blank between are pressed one after the other.
 */
export const SHORTCUTS = [
  { id: 'help', keys: ['?'], label: '键盘操作说明', scope: 'everywhere' },
  { id: 'search', keys: ['/'], label: '搜索', scope: 'everywhere' },
  { id: 'go.queue', keys: ['g q'], label: '到待办', scope: 'everywhere' },
  { id: 'go.calls', keys: ['g c'], label: '到来电', scope: 'everywhere' },
  { id: 'go.govern', keys: ['g a'], label: '到自动派单', scope: 'everywhere' },
  { id: 'go.supervise', keys: ['g s'], label: '到统计', scope: 'everywhere' },
  { id: 'go.audit', keys: ['g l'], label: '到审计日志', scope: 'everywhere' },
  { id: 'go.accounts', keys: ['g u'], label: '到账号', scope: 'everywhere' },

  { id: 'queue.next', keys: ['j', 'ArrowDown'], label: '下一件', scope: 'queue' },
  { id: 'queue.previous', keys: ['k', 'ArrowUp'], label: '上一件', scope: 'queue' },
  { id: 'queue.open', keys: ['Enter'], label: '认领并打开', scope: 'queue' },
  { id: 'queue.take', keys: ['n'], label: '认领最急的一件', scope: 'queue' },
  { id: 'queue.clear', keys: ['Escape'], label: '清除筛选', scope: 'queue' },

  { id: 'play.toggle', keys: [' '], label: '播放或暂停', scope: 'player' },
  { id: 'play.back', keys: ['ArrowLeft'], label: '后退 3 秒', scope: 'player' },
  { id: 'play.forward', keys: ['ArrowRight'], label: '前进 3 秒', scope: 'player' },
  { id: 'play.previous-turn', keys: ['k', 'ArrowUp'], label: '上一句', scope: 'player' },
  { id: 'play.next-turn', keys: ['j', 'ArrowDown'], label: '下一句', scope: 'player' },
  { id: 'play.replay-turn', keys: ['r'], label: '重听本句', scope: 'player' },
  { id: 'play.loop-turn', keys: ['l'], label: '循环本句', scope: 'player' },
  { id: 'play.slower', keys: ['['], label: '放慢', scope: 'player' },
  { id: 'play.faster', keys: [']'], label: '加快', scope: 'player' },
  { id: 'play.skip-silence', keys: ['s'], label: '跳过静音', scope: 'player' },

  { id: 'turn.edit', keys: ['e'], label: '改本句文字', scope: 'turns' },
  { id: 'turn.role', keys: ['t'], label: '换本句的说话人', scope: 'turns' },
  { id: 'turn.merge', keys: ['m'], label: '与下一句合并', scope: 'turns' },
  { id: 'turn.split', keys: ['Alt+Enter'], label: '在光标处分成两句（修改时）', scope: 'turns', inFields: true },
  { id: 'turn.save', keys: ['Ctrl+Enter'], label: '保存本句（修改时）', scope: 'turns', inFields: true },
  { id: 'turn.cancel', keys: ['Escape'], label: '放弃修改（修改时）', scope: 'turns', inFields: true },

  { id: 'ticket.candidate-1', keys: ['1'], label: '采用第 1 个归口', scope: 'ticket' },
  { id: 'ticket.candidate-2', keys: ['2'], label: '采用第 2 个归口', scope: 'ticket' },
  { id: 'ticket.candidate-3', keys: ['3'], label: '采用第 3 个归口', scope: 'ticket' },
  { id: 'ticket.duty', keys: ['c'], label: '选择诉求分类', scope: 'ticket' },
  { id: 'ticket.place', keys: ['p'], label: '选择地点', scope: 'ticket' },
  { id: 'ticket.title', keys: ['f'], label: '填写标题', scope: 'ticket' },
  { id: 'ticket.leave', keys: ['Escape'], label: '离开输入框（填写时）', scope: 'ticket', inFields: true },
  { id: 'ticket.undo', keys: ['u', 'Ctrl+z'], label: '撤销上一步', scope: 'ticket' },
  { id: 'ticket.save', keys: ['Ctrl+s'], label: '立即保存', scope: 'ticket', inFields: true },

  { id: 'act.claim', keys: ['Enter'], label: '认领这通来电', scope: 'actions' },
  { id: 'act.dispatch', keys: ['d'], label: '派单', scope: 'actions' },
  { id: 'act.handover', keys: ['h'], label: '紧急移交', scope: 'actions' },
  { id: 'act.answer', keys: ['a'], label: '直接答复', scope: 'actions' },
  { id: 'act.redirect', keys: ['x'], label: '引导至法定渠道', scope: 'actions' },
  { id: 'act.none', keys: ['z'], label: '无诉求', scope: 'actions' },
  { id: 'act.ask', keys: ['w'], label: '请同事看', scope: 'actions' },
  { id: 'act.split', keys: ['o'], label: '拆出另一事项', scope: 'actions' },
  { id: 'act.join', keys: ['i'], label: '并入另一通来电', scope: 'actions' },
  { id: 'act.release', keys: ['b'], label: '退回待办', scope: 'actions' },
  { id: 'act.confirm', keys: ['Enter'], label: '确认办理', scope: 'actions' },
  { id: 'act.submit', keys: ['Ctrl+Enter'], label: '确认办理（填写时）', scope: 'actions', inFields: true },
  { id: 'act.cancel', keys: ['Escape'], label: '取消办理（填写时）', scope: 'actions', inFields: true },
  { id: 'act.next', keys: ['n'], label: '下一件', scope: 'actions' },
] as const satisfies readonly Shortcut[]

export type ShortcutScope = 'everywhere' | 'queue' | 'player' | 'turns' | 'ticket' | 'actions'

export interface Shortcut {
  id: string
  keys: readonly string[]
  label: string
  scope: ShortcutScope
  /** Works while a field has the focus too. */
  inFields?: boolean
}

export type ShortcutId = (typeof SHORTCUTS)[number]['id']

export const SCOPES: Readonly<Record<ShortcutScope, string>> = {
  everywhere: '任何页面',
  queue: '待办列表',
  player: '听录音',
  turns: '通话文字',
  ticket: '工单',
  actions: '办理',
}

const NAMES: Readonly<Record<string, string>> = {
  ' ': '空格',
  Enter: '回车',
  Escape: 'Esc',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
}

/** The keys of a shortcut as a keyboard shows them, one text for each key pressed after the other. */
export function shownKeys(keys: string): string[] {
  const steps = keys === ' ' ? [keys] : keys.split(' ')
  return steps.map((step) =>
    step
      .split('+')
      .map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part))
      .join('+'),
  )
}

/** The first keys of a shortcut, for a mark on the button that does the same. */
export function keysOf(id: ShortcutId): string {
  const shortcut = SHORTCUTS.find((entry) => entry.id === id)
  return shortcut ? shownKeys(shortcut.keys[0]).join(' ') : ''
}
