// All credentials of an integration: its secrets, and its keys and trust rules.
import { useQuery } from '@tanstack/react-query'
import { keysQuery, secretsQuery } from '../../api/queries.ts'
import { type AnyCredential, anyCredentials } from './any-credential.ts'

export interface Credentials {
  /** Undefined until the secrets and the other credentials are known. */
  readonly credentials: readonly AnyCredential[] | undefined
  /** The error of a request whose data is missing. Null if there is something to show. */
  readonly error: Error | null
  readonly refetch: () => void
}

export function useCredentials(integrationId: string): Credentials {
  const secrets = useQuery(secretsQuery(integrationId))
  const keys = useQuery(keysQuery(integrationId))
  const isKnown = secrets.data !== undefined && keys.data !== undefined
  return {
    credentials: isKnown ? anyCredentials(secrets.data, keys.data) : undefined,
    error: isKnown ? null : (secrets.error ?? keys.error),
    refetch: () => {
      void secrets.refetch()
      void keys.refetch()
    },
  }
}
