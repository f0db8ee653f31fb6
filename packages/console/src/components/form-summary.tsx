// The problems of a form, shown above it with links to the fields.
import { Anchor, List } from '@mantine/core'
import { t } from '../strings.ts'
import { Banner } from './banner.tsx'
import { inputId } from './integration-form.ts'

export function FormSummary({ errors }: { readonly errors: Readonly<Record<string, unknown>> }) {
  const wrong = Object.entries(errors).filter(([, error]) => typeof error === 'string')
  if (wrong.length === 0) return null
  return (
    <div role="alert">
      <Banner tone="danger" title={t.create.summary(wrong.length)}>
        <List size="sm">
          {wrong.map(([field, error]) => (
            <List.Item key={field}>
              <Anchor
                href={`#${inputId(field)}`}
                underline="always"
                onClick={(event) => {
                  event.preventDefault()
                  focusField(field)
                }}
              >
                {String(error)}
              </Anchor>
            </List.Item>
          ))}
        </List>
      </Banner>
    </div>
  )
}

export function focusField(field: string): void {
  document.getElementById(inputId(field))?.focus()
}
