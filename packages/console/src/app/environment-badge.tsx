// The environment of the server: its name, and a line at the top of the window in the colour of the environment.
import { useQuery } from '@tanstack/react-query'
import { serverQuery } from '../api/queries.ts'
import { t } from '../strings.ts'

export function EnvironmentBadge() {
  const { data } = useQuery(serverQuery)
  const environment = data?.environment ?? undefined
  if (environment === undefined) return null
  return (
    <>
      <span className="environment" data-color={environment.color} title={t.shell.environment}>
        <span className="announcer">{t.shell.environment}: </span>
        {environment.name}
      </span>
      <span className="environment-line" data-color={environment.color} aria-hidden />
    </>
  )
}
