import type { LocationQueryRaw } from 'vue-router'

/** What the list of calls is narrowed by; an empty text asks for all. */
export interface CallFilter {
  q: string
  state: string
  ticket_state: string
  mode: string
  disposition: string
  urgency: string
  district: string
  category: string
  flag: string
  dialect: string
  source: string
  since: string
  until: string
}

export const ALL_CALLS: Readonly<CallFilter> = {
  q: '', state: '', ticket_state: '', mode: '', disposition: '', urgency: '', district: '', category: '', flag: '', dialect: '',
  source: '', since: '', until: '',
}

const NAMES = Object.keys(ALL_CALLS) as (keyof CallFilter)[]

export function isFiltered(filter: CallFilter): boolean {
  return NAMES.some((name) => filter[name] !== '')
}

/** The filter as the page's address holds it, so that Back and a sent link show the same list. */
export function queryOf(filter: CallFilter): LocationQueryRaw {
  return Object.fromEntries(NAMES.filter((name) => filter[name] !== '').map((name) => [name, filter[name]]))
}

/** What an address asks for; names that are no filter are left alone. */
export function filterOf(query: Readonly<Record<string, unknown>>): CallFilter {
  const asked = NAMES.map((name) => [name, query[name]] as const).filter(([, value]) => typeof value === 'string')
  return { ...ALL_CALLS, ...Object.fromEntries(asked) }
}
