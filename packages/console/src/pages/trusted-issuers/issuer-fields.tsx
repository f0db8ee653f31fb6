// The fields of a trusted issuer: who it is, where its keys are, and the settings that few issuers need.
import { Checkbox, Group, Input, NumberInput, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { useEffect, useId, useRef, useState } from 'react'
import type { ProblemError } from '../../api/problem.ts'
import { CodeField } from '../../components/code-field.tsx'
import { issuerFormText as words } from '../../strings/issuers.ts'
import {
  ALGORITHMS,
  type FormField,
  type IssuerForm,
  type Platform,
  PLATFORM_LIST,
  sourcesOf,
  STALE,
  withPlatform,
} from './issuer-form.ts'
import { readKeySet } from './key-set.ts'

export interface IssuerFieldsProps {
  readonly form: IssuerForm
  readonly isNew: boolean
  /** Undefined until the operator has tried to save the issuer, and while nothing is wrong. */
  readonly fault: FormField | undefined
  /** The number of attempts to save the issuer. Each attempt moves the focus to the first invalid field. */
  readonly attempts: number
  /** The refusal of the server, which names members of the request. */
  readonly refusal: ProblemError | undefined
  readonly onChange: (form: IssuerForm) => void
}

export function IssuerFields(props: IssuerFieldsProps) {
  const { form, isNew, fault, attempts, refusal, onChange } = props
  const fields = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (attempts === 0) return
    const invalid = fields.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    // A field in a closed part of the dialog cannot have the focus.
    invalid?.closest('details')?.setAttribute('open', '')
    invalid?.focus()
  }, [attempts, refusal])
  const isDomain = form.platform === 'spiffe'
  return (
    <Stack ref={fields}>
      <TextInput
        data-autofocus
        label={words.name}
        description={words.nameHint}
        placeholder={words.namePlaceholder}
        aria-required
        autoComplete="off"
        spellCheck={false}
        error={fault === 'name' ? words.faults.name : refusal?.detailAt('/name')}
        value={form.name}
        onChange={(event) => onChange({ ...form, name: event.currentTarget.value })}
      />
      {isNew ? (
        <>
          <Select
            label={words.platform}
            allowDeselect={false}
            data={PLATFORM_LIST.map((value) => ({ value, label: words.platforms[value] }))}
            value={form.platform}
            onChange={(platform) => onChange(withPlatform(form, platform as Platform))}
          />
          <TextInput
            label={isDomain ? words.trustDomain : words.url}
            description={isDomain ? words.trustDomainHint : words.urlHint}
            placeholder={isDomain ? 'spiffe://example.org' : 'https://issuer.example.com'}
            aria-required
            autoComplete="off"
            spellCheck={false}
            error={fault === 'url' ? words.faults[isDomain ? 'trustDomain' : 'url'] : refusal?.detailAt('/url')}
            value={form.url}
            onChange={(event) => onChange({ ...form, url: event.currentTarget.value })}
          />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {words.fixed}
        </Text>
      )}
      <KeyFields {...props} />
      <details>
        <summary>{words.more}</summary>
        <MoreFields {...props} />
      </details>
    </Stack>
  )
}

function KeyFields({ form, fault, refusal, onChange }: IssuerFieldsProps) {
  const label = useId()
  const [isPrivate, setPrivate] = useState(false)
  const read = (pasted: string) => {
    const found = readKeySet(pasted)
    const isSecret = 'fault' in found && found.fault === 'private'
    setPrivate(isSecret)
    // A private key does not stay on the screen.
    onChange({ ...form, jwks: isSecret ? '' : pasted })
  }
  const jwksFault = (): string | undefined => {
    if (isPrivate) return words.faults.jwksPrivate
    if (fault !== 'jwks') return refusal?.detailAt('/keys')
    return form.jwks.trim() === '' ? words.faults.jwksMissing : words.faults.jwksMalformed
  }
  return (
    <>
      <div>
        <Input.Label component="span" id={label}>
          {words.source}
        </Input.Label>
        <div>
          <SegmentedControl
            aria-labelledby={label}
            data={sourcesOf(form.platform).map((value) => ({ value, label: words.sources[value] }))}
            value={form.source}
            onChange={(source) => onChange({ ...form, source })}
          />
        </div>
        <Text size="sm" c="dimmed" mt={4}>
          {words.sourceHints[form.source]}
        </Text>
      </div>
      {form.source === 'jwks_uri' && (
        <TextInput
          label={words.uri}
          placeholder="https://issuer.example.com/keys"
          aria-required
          autoComplete="off"
          spellCheck={false}
          error={fault === 'uri' ? words.faults.uri : refusal?.detailAt('/keys/uri')}
          value={form.uri}
          onChange={(event) => onChange({ ...form, uri: event.currentTarget.value })}
        />
      )}
      {form.source === 'inline' && (
        <CodeField
          label={words.jwks}
          description={words.jwksHint}
          aria-required
          minRows={4}
          maxRows={10}
          autoComplete="off"
          placeholder='{"keys":[…]}'
          error={jwksFault()}
          value={form.jwks}
          onChange={(event) => read(event.currentTarget.value)}
        />
      )}
    </>
  )
}

function MoreFields({ form, fault, refusal, onChange }: IssuerFieldsProps) {
  return (
    <Stack mt="sm">
      <TextInput
        label={words.audience}
        description={words.audienceHint}
        autoComplete="off"
        spellCheck={false}
        error={refusal?.detailAt('/audience')}
        value={form.audience}
        onChange={(event) => onChange({ ...form, audience: event.currentTarget.value })}
      />
      <Checkbox.Group
        label={words.algorithms}
        description={words.algorithmsHint}
        error={fault === 'algorithms' ? words.faults.algorithms : refusal?.detailAt('/algorithms')}
        value={[...form.algorithms]}
        onChange={(chosen) =>
          onChange({ ...form, algorithms: ALGORITHMS.filter((algorithm) => chosen.includes(algorithm)) })
        }
      >
        <Group mt="xs">
          {ALGORITHMS.map((algorithm) => (
            <Checkbox key={algorithm} value={algorithm} label={algorithm} />
          ))}
        </Group>
      </Checkbox.Group>
      {form.source !== 'inline' && (
        <>
          <CodeField
            label={words.authority}
            description={words.authorityHint}
            minRows={2}
            maxRows={6}
            autoComplete="off"
            placeholder="-----BEGIN CERTIFICATE-----"
            error={refusal?.detailAt('/tls_ca')}
            value={form.authority}
            onChange={(event) => onChange({ ...form, authority: event.currentTarget.value })}
          />
          <NumberInput
            label={words.stale}
            description={words.staleHint}
            maw={480}
            allowDecimal={false}
            min={0}
            max={STALE.most}
            error={fault === 'stale' ? words.faults.stale : refusal?.detailAt('/stale_seconds')}
            value={form.stale}
            onChange={(stale) => onChange({ ...form, stale })}
          />
        </>
      )}
    </Stack>
  )
}
