// The tab with all credentials of an integration: secrets, keys and trust rules, their last use, and whether they are safe to end.
import { Button, Group, Skeleton, Text } from '@mantine/core'
import { IconKey, IconShieldCheck, IconTestPipe } from '@tabler/icons-react'
import type { Integration } from 'latchkey/admin-api'
import { useState } from 'react'
import { useMay } from '../../api/use-session.ts'
import { askRotation } from '../../components/asked-rotation.ts'
import { Banner } from '../../components/banner.tsx'
import { Card } from '../../components/card.tsx'
import { DocsLink } from '../../components/docs-link.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { authenticationText as words } from '../../strings/authentication.ts'
import { ruleText, testText } from '../../strings/trust.ts'
import { t } from '../../strings.ts'
import { AddKey } from './add-key.tsx'
import { AddRule } from './add-rule.tsx'
import { type AnyCredential, working } from './any-credential.ts'
import { AssertionTest } from './assertion-test.tsx'
import { CredentialCards } from './credential-cards.tsx'
import { CredentialTable } from './credential-table.tsx'
import { EndDialog } from './end-credential.tsx'
import { useCredentials } from './use-credentials.ts'

export function AuthenticationTab({ integration }: { readonly integration: Integration }) {
  const mayEdit = useMay('editor')
  const isNarrow = useIsNarrow()
  const [dialog, setDialog] = useState<'key' | 'rule' | 'test' | undefined>()
  const [ending, setEnding] = useState<AnyCredential | undefined>()
  const { credentials, error, refetch } = useCredentials(integration.id)
  const List = isNarrow ? CredentialCards : CredentialTable
  const valid = working(credentials ?? [])
  const hasSecret = valid.some(({ kind }) => kind === 'secret')
  const hasRule = valid.some(({ kind }) => kind === 'trust')
  return (
    <Card
      title={words.title}
      actions={
        mayEdit &&
        credentials !== undefined && (
          <Group gap="xs">
            {hasRule && (
              <Button
                size="xs"
                variant="default"
                leftSection={<IconTestPipe size={14} aria-hidden />}
                onClick={() => setDialog('test')}
              >
                {testText.title}
              </Button>
            )}
            {!hasSecret && (
              <Button size="xs" variant="default" onClick={() => askRotation(integration.id)}>
                {words.addSecret}
              </Button>
            )}
            <Button size="xs" leftSection={<IconKey size={14} aria-hidden />} onClick={() => setDialog('key')}>
              {words.addKey}
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconShieldCheck size={14} aria-hidden />}
              onClick={() => setDialog('rule')}
            >
              {ruleText.add}
            </Button>
          </Group>
        )
      }
    >
      <Text size="sm" c="dimmed" maw={760}>
        {words.line} <DocsLink to="secretless.html">{words.more}</DocsLink>
      </Text>
      {credentials !== undefined && valid.length === 0 && (
        <Banner tone="danger" title={words.none}>
          {mayEdit ? words.noneLine : words.noneLineViewer}
        </Banner>
      )}
      {error !== null && <ProblemAlert title={t.detail.failed} error={error} onRetry={refetch} />}
      {credentials === undefined && error === null && <Skeleton h={180} />}
      {credentials !== undefined && credentials.length > 0 && (
        <List credentials={credentials} onEnd={mayEdit ? setEnding : undefined} />
      )}
      <AddKey
        integration={integration}
        isBesideSecret={hasSecret}
        opened={dialog === 'key'}
        onClose={() => setDialog(undefined)}
      />
      <AddRule
        integration={integration}
        isBesideSecret={hasSecret}
        opened={dialog === 'rule'}
        onClose={() => setDialog(undefined)}
      />
      <AssertionTest integration={integration} opened={dialog === 'test'} onClose={() => setDialog(undefined)} />
      {/* The dialog is not in a row, because a row is replaced by a card when the window becomes narrow. */}
      {ending !== undefined && (
        <EndDialog integration={integration} credential={ending} opened onClose={() => setEnding(undefined)} />
      )}
    </Card>
  )
}
