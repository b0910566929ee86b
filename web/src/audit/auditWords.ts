/** Words for what the audit log holds; an action without a word shows itself. */
export const ACTIONS: Readonly<Record<string, string>> = {
  sign_in: '登录',
  sign_in_failed: '登录失败',
  locked: '账号锁定',
  sign_out: '退出',
  sign_out_everywhere: '在所有设备上退出',
  password_changed: '修改密码',
  change_password: '修改密码',
  account_added: '新建账号',
  add_account: '新建账号',
  account_changed: '修改账号',
  change_account: '修改账号',
  password_reset: '重置密码',
  reset_password: '重置密码',
  view_ticket: '查看工单',
  view_transcript: '查看通话文字',
  view_audio: '播放录音',
  download: '下载录音',
  rerun: '重新处理',
  delete: '删除',
  claim: '认领',
  release: '放回',
  reveal: '显示姓名和号码',
  conclude: '办理',
  correct: '改通话文字',
}

export const ACTOR_KINDS: Readonly<Record<string, string>> = { operator: '账号', api_key: '密钥', system: '系统', command: '命令行' }

/** Further detail on one line. */
export function detailLine(detail: Record<string, unknown> | null): string {
  return Object.entries(detail ?? {})
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}：${typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean)}`)
    .join('；')
}
