// Adds a public key, and then shows how the program uses the private one.
import { Button, Modal, NumberInput, Stack, Text } from '@mantine/core'
import type { KeyCredential, Integration, NewKey } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { ProblemError } from '../../api/problem.ts'
import { useAddKey } from '../../api/use-acts.ts'
import { CodeBlock } from '../../components/code-block.tsx'
import { CodeField } from '../../components/code-field.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { randomKey } from '../../components/creation-attempt.ts'
import { KeySnippets } from '../../components/key-snippets.tsx'
import { type KeyFault, type ReadKey, readPublicKey } from '../../components/public-key.ts'
import { MAKE_KEY } from '../../snippets/key-snippets.ts'
import { addKeyText as words, authenticationText } from '../../strings/authentication.ts'
import { t } from '../../strings.ts'

/** In seconds. */
const LIFETIMES = { least: 60, usual: 300, most: 3600 }

export interface AddKeyProps {
  readonly integration: Integration
  /** True if a client secret works. */
  readonly isBesideSecret: boolean
  readonly opened: boolean
  readonly onClose: () => void
}

export function AddKey({ integration, isBesideSecret, opened, onClose }: AddKeyProps) {
  const [added, setAdded] = useState<KeyCredential | undefined>()
  return (
    <>
      <KeyDialog
        integrationId={integration.id}
        opened={opened}
        onClose={onClose}
        onAdded={(key) => {
          onClose()
          setAdded(key)
        }}
      />
      <Modal opened={added !== undefined} onClose={() => setAdded(undefined)} title={words.addedTitle} size="xl">
        {added !== undefined && (
          <Stack>
            <Text>
              {words.added(added.alg)} {isBesideSecret && words.beside}
            </Text>
            <KeySnippets integration={integration} keys={[added]} />
            <Button w="fit-content" onClick={() => setAdded(undefined)}>
              {t.done}
            </Button>
          </Stack>
        )}
      </Modal>
    </>
  )
}

interface KeyDialogProps {
  readonly integrationId: string
  readonly opened: boolean
  readonly onClose: () => void
  readonly onAdded: (key: KeyCredential) => void
}

interface Attempt {
  readonly key: string
  readonly desired: NewKey
}

function KeyDialog({ integrationId, opened, onClose, onAdded }: KeyDialogProps) {
  const [text, setText] = useState('')
  const [fault, setFault] = useState<KeyFault | undefined>()
  const [lifetime, setLifetime] = useState<number | string>(LIFETIMES.usual)
  const [isTried, setTried] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const attempt = useRef<Attempt | undefined>(undefined)
  const add = useAddKey(integrationId)
  useEffect(() => {
    if (!opened) return
    add.reset()
    setText('')
    setFault(undefined)
    setLifetime(LIFETIMES.usual)
    setTried(false)
  }, [opened])
  const reading = readPublicKey(text)
  const key = 'key' in reading ? reading.key : undefined
  const isLifetimeUsable = isWithin(lifetime)
  const read = (pasted: string) => {
    const found = readPublicKey(pasted)
    const isPrivate = 'fault' in found && found.fault === 'private'
    // A private key does not stay on the screen.
    setText(isPrivate ? '' : pasted)
    setFault('fault' in found && found.fault !== 'missing' ? found.fault : undefined)
    add.reset()
  }
  const submit = () => {
    setTried(true)
    if ('fault' in reading) setFault((before) => before ?? reading.fault)
    if (key === undefined) return field.current?.focus()
    if (!isLifetimeUsable) return
    const desired: NewKey = { kind: 'key', jwk: key.jwk, max_lifetime: Number(lifetime) }
    // If an answer was lost, sending the same request again makes no second key.
    const isSame = JSON.stringify(attempt.current?.desired) === JSON.stringify(desired)
    attempt.current = { key: (isSame && attempt.current?.key) || randomKey(), desired }
    add.mutate(attempt.current, {
      onSuccess: (added) => {
        attempt.current = undefined
        onAdded(added)
      },
    })
  }
  const refused = add.error instanceof ProblemError ? add.error.detailAt('/jwk') : undefined
  return (
    <ConfirmDialog
      opened={opened}
      title={words.title}
      verb={authenticationText.addKey}
      act={add}
      onConfirm={submit}
      onClose={onClose}
    >
      <Text>{words.line}</Text>
      <CodeField
        ref={field}
        data-autofocus
        label={words.jwk}
        description={words.jwkHint}
        aria-required
        minRows={4}
        maxRows={10}
        autoComplete="off"
        placeholder='{"kty":"OKP", …}'
        error={fault === undefined ? refused : words.faults[fault]}
        value={text}
        onChange={(event) => read(event.currentTarget.value)}
      />
      {key !== undefined && key.alg !== undefined && refused === undefined && (
        <Text size="sm">{descriptionOf(key)}</Text>
      )}
      <details>
        <summary>{words.make}</summary>
        <Text size="sm" my="xs">
          {words.makeLine}
        </Text>
        <CodeBlock what={words.makeWhat} code={MAKE_KEY} />
      </details>
      <NumberInput
        label={words.lifetime}
        description={words.lifetimeHint}
        maw={480}
        allowDecimal={false}
        min={LIFETIMES.least}
        max={LIFETIMES.most}
        error={isTried && !isLifetimeUsable ? words.lifetimeRange : undefined}
        value={lifetime}
        onChange={setLifetime}
      />
    </ConfirmDialog>
  )
}

const isWithin = (lifetime: number | string): boolean =>
  lifetime !== '' && Number(lifetime) >= LIFETIMES.least && Number(lifetime) <= LIFETIMES.most

const descriptionOf = ({ type, alg = '', kid }: ReadKey): string =>
  `${words.reads(type, alg)} ${kid === undefined ? words.readsThumbprint : words.readsKid(kid)}`
