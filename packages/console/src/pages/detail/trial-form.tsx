// The form that requests a token: with a secret, or with an assertion of the program or its platform.
import { Button, Input, PasswordInput, SegmentedControl, Stack } from '@mantine/core'
import { useId, useRef, useState } from 'react'
import type { TrialProof } from '../../api/use-acts.ts'
import { CodeField } from '../../components/code-field.tsx'
import { tryText as words } from '../../strings/try.ts'

type ProofKind = keyof typeof words.proofs

export interface TrialFormProps {
  /** The kinds of proof that the integration accepts now. At least one. */
  readonly kinds: readonly ProofKind[]
  /** True if the server keeps no readable copy of the secret. */
  readonly mustBring: boolean
  readonly isPending: boolean
  readonly verb: string
  readonly onSubmit: (proof: TrialProof) => void
  /** Called when the operator changes the secret or the assertion, because a shown refusal then no longer applies. */
  readonly onChange: () => void
}

export function TrialForm({ kinds, mustBring, isPending, verb, onSubmit, onChange }: TrialFormProps) {
  const [chosen, setChosen] = useState<ProofKind>('secret')
  const [secret, setSecret] = useState('')
  const [assertion, setAssertion] = useState('')
  const [isTried, setTried] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const label = useId()
  const kind = kinds.includes(chosen) ? chosen : 'assertion'
  const isMissing = assertion.trim() === ''
  const submit = () => {
    if (kind === 'secret') return onSubmit(secret === '' ? {} : { secret })
    setTried(true)
    if (isMissing) return field.current?.focus()
    onSubmit({ assertion: assertion.trim() })
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!isPending) submit()
      }}
    >
      <Stack gap="sm">
        {kinds.length > 1 && (
          <div>
            <Input.Label component="span" id={label}>
              {words.proof}
            </Input.Label>
            <div>
              <SegmentedControl
                aria-labelledby={label}
                data={kinds.map((value) => ({ value, label: words.proofs[value] }))}
                value={kind}
                onChange={(value: ProofKind) => {
                  setChosen(value)
                  onChange()
                }}
              />
            </div>
          </div>
        )}
        {kind === 'secret' ? (
          <PasswordInput
            label={words.secret}
            description={mustBring ? words.secretNeeded : words.secretHint}
            maw={480}
            autoComplete="off"
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        ) : (
          <CodeField
            ref={field}
            label={words.assertion}
            description={words.assertionHint}
            maw={760}
            aria-required
            minRows={3}
            maxRows={6}
            autoComplete="off"
            error={isTried && isMissing ? words.assertionMissing : undefined}
            value={assertion}
            onChange={(event) => {
              setAssertion(event.currentTarget.value)
              onChange()
            }}
          />
        )}
        <Button
          type="submit"
          w="fit-content"
          loading={isPending}
          disabled={kind === 'secret' && mustBring && secret === ''}
        >
          {verb}
        </Button>
      </Stack>
    </form>
  )
}
