// Copies a value, and says so.
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { announce } from './announce.ts'

export interface CopyButtonProps {
  /** The name of the value in words: `client ID`. */
  readonly what: string
  /** A function if the value is fetched at the click. The caller must show its failure. */
  readonly value: string | (() => Promise<string>)
}

const SHOWN_MS = 2000

export function CopyButton({ what, value }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | undefined>()
  useEffect(() => {
    if (outcome === undefined) return
    const timer = window.setTimeout(() => setOutcome(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = async () => {
    const text = typeof value === 'string' ? value : await value().catch(() => undefined)
    if (text === undefined) return
    const done = await copyText(text)
    setOutcome(done ? 'copied' : 'failed')
    announce(done ? `${what.charAt(0).toUpperCase()}${what.slice(1)} copied` : `The browser did not let it be copied.`)
  }
  const label = outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Select and copy it by hand' : `Copy ${what}`
  return (
    <Tooltip label={label} {...(outcome !== undefined && { opened: true })}>
      <ActionIcon aria-label={`Copy ${what}`} onClick={() => void copy()}>
        {outcome === 'copied' ? <IconCheck size={16} color="var(--lk-ok)" /> : <IconCopy size={15} stroke={1.75} />}
      </ActionIcon>
    </Tooltip>
  )
}

/** True if the browser allowed the copy. Only pages on a secure or loopback address may copy. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
