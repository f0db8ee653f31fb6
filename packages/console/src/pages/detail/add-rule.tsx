// Adds a trust rule, and then shows what the workload does with the token of its platform.
import { Button, Modal, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration, NewRule, TrustedIssuer } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { issuersQuery, serverQuery } from '../../api/queries.ts'
import { useAddRule } from '../../api/use-acts.ts'
import { CodeBlock } from '../../components/code-block.tsx'
import { CodeTabs } from '../../components/code-tabs.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { randomKey } from '../../components/creation-attempt.ts'
import { firstScope } from '../../components/first-scope.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { ScopeChoice } from '../../components/scope-choice.tsx'
import { registerIssuer, trustSnippetsOf } from '../../snippets/trust-snippets.ts'
import { pagesText } from '../../strings/pages.ts'
import { ruleText as words } from '../../strings/trust.ts'
import { t } from '../../strings.ts'
import { RuleFields } from './rule-fields.tsx'
import { EMPTY_RULE, issuerOf, issuersOf, type Platform, type RuleForm, ruleOf } from './rule-form.ts'

export interface AddRuleProps {
  readonly integration: Integration
  /** True if a client secret works. */
  readonly isBesideSecret: boolean
  readonly opened: boolean
  readonly onClose: () => void
}

export function AddRule({ integration, isBesideSecret, opened, onClose }: AddRuleProps) {
  const [trusted, setTrusted] = useState<TrustedIssuer | undefined>()
  return (
    <>
      <RuleDialog
        integrationId={integration.id}
        opened={opened}
        onClose={onClose}
        onAdded={(issuer) => {
          onClose()
          setTrusted(issuer)
        }}
      />
      <Modal opened={trusted !== undefined} onClose={() => setTrusted(undefined)} title={words.addedTitle} size="xl">
        {trusted !== undefined && (
          <Stack>
            {isBesideSecret && <Text>{words.beside}</Text>}
            <Text>{words.added}</Text>
            <TrustSnippets integration={integration} trusted={trusted} />
            <Button w="fit-content" onClick={() => setTrusted(undefined)}>
              {t.done}
            </Button>
          </Stack>
        )}
      </Modal>
    </>
  )
}

interface TrustSnippetsProps {
  readonly integration: Integration
  readonly trusted: TrustedIssuer
}

function TrustSnippets({ integration: { client_id: clientId, scopes }, trusted }: TrustSnippetsProps) {
  const server = useQuery(serverQuery)
  const [chosen, setChosen] = useState<string | null>(null)
  const scope = chosen ?? firstScope(scopes)
  if (server.isError)
    return <ProblemAlert title={words.snippetFailed} error={server.error} onRetry={() => void server.refetch()} />
  if (server.data === undefined || scope === undefined) return null
  const { issuer } = server.data
  const facts = { platform: trusted.platform, issuer, audience: trusted.audience ?? issuer, clientId, scope }
  return (
    <>
      <ScopeChoice scopes={scopes} scope={scope} onChoose={setChosen} />
      <CodeTabs examples={trustSnippetsOf(facts)} />
    </>
  )
}

interface RuleDialogProps {
  readonly integrationId: string
  readonly opened: boolean
  readonly onClose: () => void
  readonly onAdded: (issuer: TrustedIssuer) => void
}

interface Attempt {
  readonly key: string
  readonly desired: NewRule
}

function RuleDialog({ integrationId, opened, onClose, onAdded }: RuleDialogProps) {
  const issuers = useQuery({ ...issuersQuery, enabled: opened })
  const [form, setForm] = useState<RuleForm>(EMPTY_RULE)
  const [attempts, setAttempts] = useState(0)
  const attempt = useRef<Attempt | undefined>(undefined)
  const add = useAddRule(integrationId)
  useEffect(() => {
    if (!opened) return
    add.reset()
    setForm(EMPTY_RULE)
    setAttempts(0)
  }, [opened])
  const known = issuers.data ?? []
  const reading = ruleOf(form, known)
  const change = (part: Partial<RuleForm>) => {
    setForm((before) => ({ ...before, ...part }))
    add.reset()
  }
  const submit = () => {
    setAttempts((before) => before + 1)
    const issuer = issuerOf(form, known)
    if ('fault' in reading || issuer === undefined) return
    // If an answer was lost, sending the same request again makes no second rule.
    const isSame = JSON.stringify(attempt.current?.desired) === JSON.stringify(reading.rule)
    attempt.current = { key: (isSame && attempt.current?.key) || randomKey(), desired: reading.rule }
    add.mutate(attempt.current, {
      onSuccess: () => {
        attempt.current = undefined
        onAdded(issuer)
      },
    })
  }
  const hasIssuer = issuersOf(form.platform, known).length > 0
  return (
    <ConfirmDialog
      opened={opened}
      title={words.title}
      verb={words.add}
      isReady={hasIssuer}
      act={add}
      onConfirm={submit}
      onClose={onClose}
    >
      <Text>{words.line}</Text>
      <Select
        data-autofocus
        label={words.platform}
        allowDeselect={false}
        data={(Object.keys(words.platforms) as Platform[]).map((value) => ({ value, label: words.platforms[value] }))}
        value={form.platform}
        onChange={(platform) => {
          change({ platform: platform as Platform, issuer: undefined, place: 'branch' })
          setAttempts(0)
        }}
      />
      {issuers.isError && (
        <ProblemAlert title={t.detail.failed} error={issuers.error} onRetry={() => void issuers.refetch()} />
      )}
      {issuers.data !== undefined && !hasIssuer && (
        <>
          <Text>
            {words.noIssuer} <RouterLink to="/settings/trusted-issuers">{pagesText.pages.issuers}</RouterLink>,{' '}
            {words.noIssuerCommand}
          </Text>
          <CodeBlock what={words.noIssuerWhat} code={registerIssuer[form.platform]} />
        </>
      )}
      {hasIssuer && (
        <RuleFields
          form={form}
          issuers={known}
          attempts={attempts}
          fault={attempts > 0 && 'fault' in reading ? reading.fault : undefined}
          onChange={change}
        />
      )}
    </ConfirmDialog>
  )
}
