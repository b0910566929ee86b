/** Signing in through the organisation's identity provider: where it begins, and why it came to nothing. */

export interface Refusal {
  title: string
  action: string
}

const ASK_ADMIN = '请联系管理员。'
const TRY_AGAIN = '请重新登录；若再次失败，请联系管理员。'

/** By the reason that the server names in the address. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  stale: { title: '登录已超时', action: '请重新登录，并在十分钟内完成。' },
  cancelled: { title: '登录已取消', action: '需要时请重新登录。' },
  refused: { title: '统一认证拒绝了登录', action: ASK_ADMIN },
  unavailable: { title: '统一认证暂时无法访问', action: '请稍后重试，或用本系统的账号登录。' },
  invalid: { title: '统一认证的答复无法核实', action: TRY_AGAIN },
  incomplete: { title: '统一认证没有给出登录名或姓名', action: ASK_ADMIN },
  'no-role': { title: '您在本系统没有角色', action: '请管理员在统一认证中给您分配热线的角色。' },
  disabled: { title: '您的账号已停用', action: ASK_ADMIN },
  locked: { title: '您的账号因多次登录失败而暂时锁定', action: '请稍后重试，或请管理员重置密码。' },
  'login-taken': { title: '已有同名的本地账号', action: '请用该账号的密码登录，或请管理员处理。' },
}

/** What the page says of a sign-in that came back without a session; null where there was none. */
export function refusalOf(why: unknown): Refusal | null {
  if (typeof why !== 'string' || why === '') return null
  return REFUSALS[why] ?? { title: '统一认证登录没有成功', action: TRY_AGAIN }
}

/** An address of this page to go to after signing in; `//elsewhere` would lead away from it. */
export function pageAddress(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : '/'
}

/** Where the browser goes to sign in, and from there to `next`. */
export function providerAddress(url: string, next: string): string {
  return next === '/' ? url : `${url}?${new URLSearchParams({ next }).toString()}`
}
