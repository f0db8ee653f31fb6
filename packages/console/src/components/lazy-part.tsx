// Parts of the console whose code is fetched on demand. All of it is fetched once the first data is on the screen, so
// that a click shows the page even while the server does not answer. If the code of a part cannot be fetched, the rest
// of the screen stays.
import { type ComponentType, type JSX, use, useCallback, useEffect, useReducer } from 'react'
import { currentConnection, watchConnection } from '../api/live-connection.ts'

type Preload = () => Promise<void>

const preloads: Preload[] = []

/** Fetches the code of every part. A failure is tried again when the part is shown. Never rejects. */
export const fetchAllParts = (): Promise<unknown> => Promise.all(preloads.map((preload) => preload()))

export interface NotFetchedProps {
  readonly onRetry: () => void
}

export interface LazyPart<Props> {
  (props: Props): JSX.Element | null
  /** Never rejects. */
  preload: Preload
}

/**
 * Suspends while the code is fetched. If that failed, shows `NotFetched`, and fetches the code again when the server is
 * back. The document is never loaded again: while the server is away, a browser would show its own error page.
 */
export function lazyPart<Name extends string, Props extends object>(
  load: () => Promise<Readonly<Record<Name, ComponentType<Props>>>>,
  name: Name,
  NotFetched: ComponentType<NotFetchedProps> = Nothing,
): LazyPart<Props> {
  let Part: ComponentType<Props> | undefined
  let pending: Promise<void> | undefined
  let hasFailed = false
  const fetchPart = async (): Promise<void> => {
    try {
      Part = (await load())[name]
      hasFailed = false
    } catch {
      hasFailed = true
    }
    pending = undefined
  }
  const preload: Preload = () => (Part === undefined ? (pending ??= fetchPart()) : Promise.resolve())
  preloads.push(preload)

  function Lazy(props: Props) {
    const [, show] = useReducer((times: number) => times + 1, 0)
    const retry = useCallback(() => void preload().then(show), [])
    useEffect(() => {
      if (Part !== undefined) return
      return watchConnection(() => {
        if (currentConnection().state === 'live') retry()
      })
    }, [retry])
    if (Part !== undefined) return <Part {...props} />
    if (hasFailed) return <NotFetched onRetry={retry} />
    use(preload())
    return null
  }
  return Object.assign(Lazy, { preload })
}

const Nothing = () => null
