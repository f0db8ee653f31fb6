// A relative time such as "2 minutes ago", exact on hover and focus.
import { Tooltip } from '@mantine/core'
import { exact, relative } from './times.ts'
import { useNow } from './use-now.ts'

export function RelativeTime({ time }: { readonly time: string }) {
  const now = useNow()
  return (
    <Tooltip label={exact(time)}>
      <time dateTime={time} tabIndex={0} style={{ whiteSpace: 'nowrap' }}>
        {relative(time, now)}
      </time>
    </Tooltip>
  )
}
