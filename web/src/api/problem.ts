import type { ProblemDocument } from './types'

/** What a user reads when something went wrong: what happened, and what to do about it. */
export interface Explanation {
  title: string
  action: string
  /** The server's own words, for whoever has to look into it. */
  detail: string
}

/** An answer of the server that is not the wanted one, or no answer at all (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: ProblemDocument,
    /** What it was changed to meanwhile, with an answer 412. */
    readonly current: unknown = null,
    /** The server's own further words, such as who holds a ticket. */
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.name = 'ApiError'
  }

  /** The last part of the problem's type, e.g. `not-found`. */
  get kind(): string {
    return (this.problem.type ?? '').split(/[:/#]/).at(-1) ?? ''
  }
}

const OF_KIND: Record<string, [title: string, action: string]> = {
  locked: ['登录失败次数过多，账号已暂时锁定', '请过几分钟再试，或请管理员重置密码。'],
  'wrong-password': ['当前密码不正确', '请重新输入。'],
  'password-change-required': ['首次登录须先修改密码', '请设置新密码后继续。'],
  claimed: ['这件正由同事处理', '请选择另一件，或等同事放回后再认领。'],
  'claim-lost': ['认领已失效', '可能因离开过久或断网；请重新认领，已填内容会保留。'],
  'changed-meanwhile': ['内容已在别处改动', '请查看最新内容后再提交。'],
  collected: ['承办单位已接单，不能撤销', '如派错，请承办单位退回，或请值班长召回。'],
  'identity-masked': ['姓名和号码已遮盖，不能修改', '请先按规定申请显示，再修改。'],
  'idempotency-key-reused': ['同一次上传的内容前后不一致', '请重新选择录音后再上传。'],
  'fetch-failed': ['服务器未能取得这份录音', '请检查录音地址是否已过期，或改为直接上传文件。'],
  'fetch-refused': ['服务器不允许访问这个录音地址', '请改为直接上传文件，或请管理员放行该地址。'],
}

const OF_STATUS: Record<number, [title: string, action: string]> = {
  0: ['连不上服务器', '请检查网络；服务恢复后本页会自动继续。'],
  400: ['请求不完整', '请重试；若再次出现，请将下方说明转给管理员。'],
  401: ['登录已失效，或账号、密码、密钥不正确', '请核对后重新登录。'],
  403: ['没有此项权限', '请用有权限的账号登录，或联系管理员。'],
  404: ['没有找到这项内容', '它可能已被删除；请返回来电列表查看。'],
  412: ['内容已在别处改动', '请查看最新内容后再提交。'],
  409: ['当前状态下不能这样操作', '请刷新页面查看最新状态后再试。'],
  413: ['文件太大', '请分段上传，或请管理员调高单份录音的大小上限。'],
  415: ['不支持这种内容', '请上传录音文件（WAV、MP3、FLAC、OGG、AMR、M4A 等）。'],
  422: ['有一项内容填写不正确', '请按下方说明修改后重新提交。'],
  429: ['请求过于频繁', '请稍候片刻再试。'],
  503: ['服务暂时不可用', '请稍候片刻再试；已上传的录音不会丢失。'],
}

const EXPORT_AGAIN = '请从录音系统重新导出后上传。'
const RUN_AGAIN = '请重新处理；若再次失败，请管理员查看处理进程的日志。'

/** Errors of recordings and calls, by the stable code that processing gives. */
const OF_CODE: Record<string, [title: string, action: string]> = {
  empty: ['录音文件里没有声音', EXPORT_AGAIN],
  truncated: ['录音文件不完整', EXPORT_AGAIN],
  damaged: ['录音文件已损坏', EXPORT_AGAIN],
  bad_sample_rate: ['录音文件头已损坏', EXPORT_AGAIN],
  not_audio: ['这不是录音文件', '请检查是否选错了文件。'],
  unsupported_codec: ['无法识别这种录音编码', '请导出为 WAV、MP3 或 FLAC 后上传；无文件头的 G.711 须注明编码。'],
  too_long: ['录音超过 24 小时', '请分段上传。'],
  too_many_channels: ['录音的声道过多', '请只导出通话双方的声道。'],
  internal_error: ['处理这份录音时服务出错', RUN_AGAIN],
  worker_died: ['处理进程多次意外退出', RUN_AGAIN],
  no_recording_transcribed: ['这通来电的录音都未能转写', '请查看各份录音的错误，重新上传或重新处理。'],
}

/** The explanation of a problem document of a recording or call that failed, or of an API error. */
export function explain(error: unknown): Explanation {
  if (error instanceof ApiError) return explainProblem(error.problem, error.status, error.kind)
  if (error instanceof Error) return { title: '页面出错', action: '请刷新页面后重试。', detail: error.message }
  return { title: '页面出错', action: '请刷新页面后重试。', detail: String(error) }
}

export function explainProblem(problem: ProblemDocument, status: number = problem.status ?? 500, kind?: string): Explanation {
  const type = kind ?? (problem.type ?? '').split(/[:/#]/).at(-1) ?? ''
  const code = (problem.code ?? type).replaceAll('-', '_')
  const [title, action] = OF_CODE[code] ??
    OF_KIND[type] ??
    OF_STATUS[status] ?? ['服务器处理时出错', '请稍后重试；若再次出现，请将下方说明转给管理员。']
  const fields = (problem.errors ?? []).map((e) => [e.pointer ?? e.parameter, e.detail].filter(Boolean).join('：'))
  return { title, action, detail: [problem.detail ?? problem.title, ...fields].filter(Boolean).join('；') }
}

/** Read an answer's problem document; answers in another form (a proxy's page) give their status alone. */
export async function problemOf(response: Response): Promise<ApiError> {
  const type = response.headers.get('content-type') ?? ''
  if (/json/.test(type)) {
    try {
      const body: unknown = await response.json()
      if (isProblem(body)) {
        const more = body as Record<string, unknown>
        return new ApiError(response.status, body, more.current ?? null, more)
      }
    } catch {
      // not JSON after all: the status has to do
    }
  }
  return new ApiError(response.status, { status: response.status, title: response.statusText })
}

export function isProblem(body: unknown): body is ProblemDocument {
  return typeof body === 'object' && body !== null && ('title' in body || 'detail' in body || 'status' in body)
}
