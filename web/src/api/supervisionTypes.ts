import type { Person } from './reviewTypes'

export type RuleKind = 'all' | 'duty' | 'district' | 'source'

export interface Rule {
  kind: RuleKind
  value: string
  enabled: boolean
  wanted_precision: number | null
  reason: string
}

export type RuleChange = Rule

export interface DutyAutomation {
  category: string
  level2: string
  enabled: boolean
  wanted_precision: number
  samples: number
  right: number
  precision: number | null
  low: number | null
  high: number | null
  automatic_today: number
  stopped: { by: 'person' | 'measured'; at: string; reason: string } | null
}

export interface Automation {
  enabled: boolean
  wanted_precision: number
  sample_share: number
  rules: Rule[]
  duties: DutyAutomation[]
}

export interface Notice {
  id: string
  kind: string
  title: string
  data: Record<string, unknown>
  created_at: string
  acknowledged_at: string | null
  acknowledged_by: Person | string | null
}

export interface BlindSample {
  id: string
  call_id: string
  lease_until: string
}

export interface FigureRow {
  key: string
  label: string
  calls: number
  automatic: number
  automatic_share: number | null
  judged: number
  right: number
  precision: number | null
}

export interface CalibrationBin {
  low: number
  high: number
  mean_confidence: number
  right_share: number
  tickets: number
}

export interface Figures {
  since: string
  until: string
  calls: number
  tickets: number
  automatic: number
  automatic_share: number | null
  precision: { judged: number; right: number; share: number | null; low: number | null; high: number | null }
  waiting: { now: number; median_seconds: number | null; p90_seconds: number | null }
  by_dialect: FigureRow[]
  by_category: FigureRow[]
  by_district: FigureRow[]
  days: { day: string; calls: number; automatic: number; reviewed: number; changed: number }[]
  heat: { weekday: number; hour: number; calls: number }[]
  calibration: CalibrationBin[]
  operators: {
    operator: Person
    concluded: number
    unchanged: number
    median_seconds: number | null
    blind_answers: number
    blind_agreed: number
  }[]
  agreement: { pairs: number; agreed: number; share: number | null }
}
