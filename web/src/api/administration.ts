import { answer, client, given, type Page } from './client'
import type { paths } from './schema.gen'
import type { Account, AccountRole, AuditEntry, Automation, BlindAnswer, BlindSample, Figures, IssuedPassword, Notice, RuleChange } from './types'

export type AuditFilter = Omit<NonNullable<paths['/v1/audit']['get']['parameters']['query']>, 'cursor' | 'limit'>

export interface NewAccount {
  login: string
  name: string
  role: AccountRole
  may_download: boolean
}

export type AccountChange = Partial<Pick<Account, 'name' | 'role' | 'may_download'>> & { disabled?: boolean }

const ofAccount = (id: string): { path: { account_id: string } } => ({ path: { account_id: id } })

/** What supervisors and administrators ask. */
export const administration = {
  accounts: () => answer<Account[]>(client.GET('/v1/accounts')),
  addAccount: (body: NewAccount) => answer<IssuedPassword>(client.POST('/v1/accounts', { body })),
  changeAccount: (id: string, body: AccountChange) =>
    answer<Account>(client.PATCH('/v1/accounts/{account_id}', { params: ofAccount(id), body })),
  resetAccount: (id: string) => answer<IssuedPassword>(client.POST('/v1/accounts/{account_id}/reset', { params: ofAccount(id) })),
  audit: (filter: AuditFilter, cursor: number | null) =>
    answer<{ items: AuditEntry[]; next_cursor: number | null }>(
      client.GET('/v1/audit', { params: { query: { ...given(filter), cursor, limit: 100 } } }),
    ),

  automation: () => answer<Automation>(client.GET('/v1/automation')),
  changeRule: (body: RuleChange) => answer<Automation>(client.PUT('/v1/automation/rules', { body })),
  notices: () => answer<Page<Notice>>(client.GET('/v1/notices')),
  acknowledge: (id: string) =>
    answer<Notice>(client.POST('/v1/notices/{notice_id}/acknowledge', { params: { path: { notice_id: id } } })),

  figures: (since: string, until: string) =>
    answer<Figures>(client.GET('/v1/supervision/figures', { params: { query: { since, until } } })),

  blindNext: () => answer<BlindSample | undefined>(client.POST('/v1/blind-samples/next')),
  blindAnswer: (id: string, body: BlindAnswer) =>
    answer<undefined>(client.POST('/v1/blind-samples/{sample_id}/answer', { params: { path: { sample_id: id } }, body })),
}

export const exportUrl = (format: 'csv' | 'xlsx', since: string, until: string): string =>
  `/v1/supervision/export?${new URLSearchParams({ format, since, until }).toString()}`

