// The token requests of some intervals as one area for each result.
import type { Interval } from 'latchkey/admin-api'
import { activityText as words } from '../strings/detail.ts'
import type { Series } from './series.ts'

type Issuances = Pick<Interval, 'issued' | 'reused' | 'shared'>

export const issuanceSeries = (intervals: readonly Issuances[]): readonly Series[] => [
  area(
    words.issued,
    'var(--lk-issued)',
    intervals.map(({ issued }) => issued),
  ),
  area(
    words.reused,
    'var(--lk-reused)',
    intervals.map(({ reused }) => reused),
  ),
  area(
    words.shared,
    'var(--lk-shared)',
    intervals.map(({ shared }) => shared),
  ),
]

const area = (label: string, color: string, values: readonly number[]): Series => ({ label, color, dash: [], values })
