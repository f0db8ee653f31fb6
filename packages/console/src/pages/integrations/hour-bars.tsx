// The tokens of the last 24 hours: one bar for each hour, and a thin one for an hour without tokens.
import type { Integration } from 'latchkey/admin-api'
import { count } from '../../components/times.ts'
import { t } from '../../strings.ts'
import { hoursOf, total } from './hours-of.ts'

const HEIGHT = 24
const STEP = 3
const BAR = 2

export function HourBars({ hourly }: { readonly hourly: Integration['hourly'] }) {
  const hours = hoursOf(hourly)
  const most = Math.max(0, ...hourly.issued)
  return (
    <svg
      role="img"
      aria-label={t.list.hours(count(total(hourly.issued)), count(most))}
      width={hours.length * STEP}
      height={HEIGHT}
    >
      {hours.map((hour, index) => {
        // Every second hour before the measurement began has a faint point.
        if (hour === undefined) {
          const point = { x: index * STEP, y: HEIGHT - 1, width: BAR, height: 1, opacity: 0.6 }
          return index % 2 === 0 && <rect key={index} {...point} data-none />
        }
        const height = hour.issued === 0 ? 1 : Math.max(2, Math.round((hour.issued / most) * HEIGHT))
        const shape = { x: index * STEP, y: HEIGHT - height, width: BAR, height }
        return <rect key={index} {...shape} {...(hour.issued === 0 && { 'data-none': true })} />
      })}
    </svg>
  )
}
