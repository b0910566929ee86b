/** Governing and supervising, from the OpenAPI document. */
import type { Filled, Schemas } from './filled'

export type Automation = Omit<Filled<Schemas['Automation']>, 'duties'> & { duties: DutyAutomation[] }
export type DutyAutomation = Filled<Schemas['DutyAutomation']>
export type Rule = Filled<Schemas['Rule']>
export type RuleKind = Rule['kind']
export type RuleChange = Filled<Schemas['RuleDemand']>
export type Notice = Omit<Filled<Schemas['Notice']>, 'data'> & { data: Record<string, unknown> }
export type BlindSample = Filled<Schemas['BlindSample']>
export type BlindAnswer = Schemas['BlindAnswer']
export type Figures = Filled<Schemas['Figures']>
export type FigureRow = Filled<Schemas['Row']>
