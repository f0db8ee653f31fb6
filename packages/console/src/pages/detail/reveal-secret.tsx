// Shows a secret again, or copies it without showing it. The page fetches the secret at that moment, and the audit log
// records it.
import { ActionIcon, Button, Group, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy, IconEye, IconEyeOff } from '@tabler/icons-react'
import type { IntegrationSecret } from 'latchkey/admin-api'
import { useEffect, useState } from 'react'
import { useReveal } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { announce } from '../../components/announce.ts'
import { copyText } from '../../components/copy-button.tsx'
import { MASK } from '../../components/mask.ts'
import { messageOf } from '../../components/problem-alert.tsx'
import { t } from '../../strings.ts'

/** How long a secret is shown: long enough to compare it, and short in case the operator walks away. */
const SHOWN_MS = 120_000
const COPIED_MS = 2000

interface RevealSecretProps {
  readonly integrationId: string
  readonly secret: IntegrationSecret
}

export function RevealSecret({ integrationId, secret }: RevealSecretProps) {
  const words = t.detail.credentials
  const mayEdit = useMay('editor')
  const reveal = useReveal(integrationId)
  const [shown, setShown] = useState<string | undefined>()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (shown === undefined) return
    const timer = window.setTimeout(() => setShown(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [shown])
  useEffect(() => {
    if (!isCopied) return
    const timer = window.setTimeout(() => setCopied(false), COPIED_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  if (!secret.revealable) return <Text size="sm">{words.notKept}</Text>
  const mask = (
    <Text span size="sm" className="mono" role="img" aria-label={words.masked}>
      {MASK}
    </Text>
  )
  if (!mayEdit) return mask
  const copy = async () => {
    const text = shown ?? (await reveal.mutateAsync(secret.id))
    reveal.reset()
    // A browser may refuse to copy if the answer came long after the click. The page then shows the secret instead.
    if (!(await copyText(text))) return setShown(text)
    setCopied(true)
    announce('Client secret copied')
  }
  const show = () => {
    const onSuccess = (text: string) => {
      setShown(text)
      // Removes the secret from the state of the mutation, so that only the screen has it.
      reveal.reset()
    }
    reveal.mutate(secret.id, { onSuccess })
  }
  return (
    <>
      <Group gap={4}>
        {shown === undefined ? (
          mask
        ) : (
          <Text span size="sm" className="mono">
            {shown}
          </Text>
        )}
        <Button
          size="compact-sm"
          variant="default"
          loading={reveal.isPending}
          leftSection={shown === undefined ? <IconEye size={14} aria-hidden /> : <IconEyeOff size={14} aria-hidden />}
          onClick={shown === undefined ? show : () => setShown(undefined)}
        >
          {shown === undefined ? words.reveal : words.hide}
        </Button>
        <Tooltip label={words.copy}>
          <ActionIcon aria-label={words.copy} onClick={() => void copy().catch(() => undefined)}>
            {isCopied ? <IconCheck size={16} color="var(--lk-ok)" /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      </Group>
      {reveal.error !== null && (
        <Text size="sm" c="var(--lk-danger)" role="alert">
          {messageOf(reveal.error)}
        </Text>
      )}
    </>
  )
}
