import { ACCOUNT_ROLES } from '@/display/labels'

/** Words for what the audit log holds; an action without a word shows itself. */
export const ACTIONS: Readonly<Record<string, string>> = {
  sign_in: '登录',
  sign_in_failed: '登录失败',
  sign_out: '退出',
  sign_out_everywhere: '在所有设备上退出',
  change_password: '修改密码',
  reset_password: '重置密码',
  add_account: '新建账号',
  change_account: '修改账号',
  link_account: '关联统一认证账号',
  create_key: '新建密钥',
  revoke_key: '吊销密钥',

  view_ticket: '查看工单',
  view_transcript: '查看通话文字',
  view_audio: '播放录音',
  download_audio: '下载录音',
  reveal: '显示姓名和号码',
  export_tickets: '导出统计数据',

  claim: '认领',
  release: '放回待办',
  save_draft: '保存填写内容',
  dispatch: '派单',
  handover: '紧急移交',
  answer: '直接答复',
  redirect: '引导至法定渠道',
  close: '无诉求结案',
  ask: '请同事看',
  send_back: '退回待办',
  recall: '召回自动工单',
  undo: '撤销',
  split: '拆出另一事项',
  join_calls: '并入另一通来电',
  correct_text: '改通话文字',
  correct_role: '改说话人',
  correct_split: '拆分语句',
  correct_merge: '合并语句',
  rerun: '重新处理',
  delete: '删除',

  take_blind_sample: '领取盲审',
  judge_blind_sample: '提交盲审',
  set_automation: '设置自动派单',
  stop_automation: '自动派单自行停止',
  acknowledge: '确认通知',
  city_start: '启用城市配置',
  city_activate: '更换城市配置',
  city_rollback: '退回城市配置',
}

/** Words for what a ticket's history holds. */
export const EVENTS: Readonly<Record<string, string>> = {
  created: '建立工单',
  restructured: '重新成单',
  machine_differs: '机器结果与人工不同',
  review_asked: '请人复核',
  dispatched: '派出',
  state: '状态变更',
  concluded_dispatch: '派单',
  concluded_handover: '紧急移交',
  concluded_answer: '直接答复',
  concluded_redirect: '引导至法定渠道',
  concluded_close: '无诉求结案',
  asked: '请同事看',
  sent_back: '退回待办',
  recalled: '召回',
  undone: '撤销',
  split: '拆出另一事项',
}

export const ACTOR_KINDS: Readonly<Record<string, string>> = {
  operator: '账号', api_key: '密钥', command: '命令行', machine: '系统', provider: '统一认证', unit: '承办单位',
}

const DETAILS: Readonly<Record<string, string>> = {
  account: '账号', action: '操作', automation: '自动派单', before: '原配置', calls: '来电', disabled: '停用', download: '可下载录音', enabled: '开启', format: '格式', from: '从',
  id: '编号', kind: '范围', login: '登录名', may_download: '可下载录音', name: '姓名', other: '另一通来电', precision: '准确率要求', reason: '原因', recordings: '录音',
  role: '角色', scope: '范围', scopes: '权限', since: '自', source: '来源', through: '方式', ticket: '工单', tickets: '工单', until: '至', value: '对象', version: '版本',
  wanted: '准确率要求', why: '原因',
}

const VALUES: Readonly<Record<string, string>> = {
  ...ACCOUNT_ROLES, ...ACTIONS, true: '是', false: '否', decode: '解码', diarize: '分离说话人', transcribe: '转写', structure: '成单', duty: '事项', district: '区县', all: '全部',
  oidc: '统一认证', 'no-role': '没有角色', disabled: '账号已停用', locked: '账号已锁定', 'login-taken': '登录名已被占用',
}

/** Further detail on one line. */
export function detailLine(detail: Record<string, unknown> | null): string {
  return Object.entries(detail ?? {})
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${DETAILS[name] ?? name}：${shown(value)}`)
    .join('；')
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join('、')
  if (typeof value === 'object' && value !== null) return detailLine(value as Record<string, unknown>)
  const text = String(value)
  return VALUES[text] ?? text
}
