// The fields of a trust rule: the issuer, the workload, and the limits of its tokens.
import { Checkbox, Input, NumberInput, SegmentedControl, Select, Stack, TextInput } from '@mantine/core'
import type { TrustedIssuer } from 'latchkey/admin-api'
import { useEffect, useId, useRef } from 'react'
import { ruleText as words } from '../../strings/trust.ts'
import {
  issuerOf,
  issuersOf,
  MAX_NOTE_LENGTH,
  PLACES,
  RULE_LIFETIMES,
  type RuleFault,
  type RuleForm,
  TEXT_FIELDS,
} from './rule-form.ts'

export interface RuleFieldsProps {
  readonly form: RuleForm
  readonly issuers: readonly TrustedIssuer[]
  /** Undefined until the operator has tried to add the rule, and while nothing is wrong. */
  readonly fault: RuleFault | undefined
  /** The number of attempts to add the rule. Each attempt moves the focus to the first invalid field. */
  readonly attempts: number
  readonly onChange: (change: Partial<RuleForm>) => void
}

export function RuleFields({ form, issuers, fault, attempts, onChange }: RuleFieldsProps) {
  const fields = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (attempts > 0) fields.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [attempts])
  return (
    <Stack ref={fields}>
      <Select
        label={words.issuer}
        description={words.issuerHint}
        allowDeselect={false}
        data={issuersOf(form.platform, issuers).map(({ name, enabled }) => ({
          value: name,
          label: enabled ? name : words.disabled(name),
        }))}
        error={fault === 'issuer' ? words.faults.issuer : undefined}
        value={issuerOf(form, issuers)?.name ?? null}
        onChange={(issuer) => onChange({ issuer: issuer ?? undefined })}
      />
      {TEXT_FIELDS[form.platform].map((name) => {
        const { label, placeholder, hint } = words.fields[name]
        return (
          <TextInput
            key={name}
            label={label}
            description={hint}
            placeholder={placeholder}
            aria-required
            autoComplete="off"
            spellCheck={false}
            error={fault === name ? words.faults[name] : undefined}
            value={form[name]}
            onChange={(event) => onChange({ [name]: event.currentTarget.value })}
          />
        )
      })}
      <PlaceFields form={form} fault={fault} onChange={onChange} />
      <Checkbox
        label={words.once}
        description={words.onceHint}
        checked={form.isOnce}
        onChange={(event) => onChange({ isOnce: event.currentTarget.checked })}
      />
      <NumberInput
        label={words.lifetime}
        description={words.lifetimeHint}
        maw={480}
        allowDecimal={false}
        min={RULE_LIFETIMES.least}
        max={RULE_LIFETIMES.most}
        error={fault === 'lifetime' ? words.lifetimeRange : undefined}
        value={form.lifetime}
        onChange={(lifetime) => onChange({ lifetime })}
      />
      <TextInput
        label={words.note}
        description={words.noteHint}
        maxLength={MAX_NOTE_LENGTH}
        autoComplete="off"
        value={form.note}
        onChange={(event) => onChange({ note: event.currentTarget.value })}
      />
    </Stack>
  )
}

/**
 * The part of a repository that the rule trusts. A whole repository is not offered: strangers can open pull requests.
 */
function PlaceFields({ form, fault, onChange }: Omit<RuleFieldsProps, 'issuers' | 'attempts'>) {
  const label = useId()
  const kinds = PLACES[form.platform]
  if (kinds === undefined) return null
  return (
    <>
      <div>
        <Input.Label component="span" id={label}>
          {words.place}
        </Input.Label>
        <div>
          <SegmentedControl
            aria-labelledby={label}
            data={kinds.map((value) => ({ value, label: words.places[value] }))}
            value={form.place}
            onChange={(place) => onChange({ place: place })}
          />
        </div>
      </div>
      <TextInput
        label={words.places[form.place]}
        description={words.placeHints[form.place]}
        aria-required
        autoComplete="off"
        spellCheck={false}
        error={fault === 'place' ? words.faults.place : undefined}
        value={form.placeName}
        onChange={(event) => onChange({ placeName: event.currentTarget.value })}
      />
    </>
  )
}
