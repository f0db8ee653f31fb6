// The wish to stop: the first SIGINT or SIGTERM is a request, a SIGINT after it is an order.
import { EXIT } from './cli-failure.ts'

export type StopSignal = 'SIGINT' | 'SIGTERM'

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM']

export function awaitStopSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let asked = false
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked && signal === 'SIGINT') process.exit(EXIT.interrupted)
      asked = true
      resolve(signal as StopSignal)
    }
    for (const signal of SIGNALS) process.on(signal, onSignal)
  })
}
