// Adds tags to all selected integrations, or removes them.
import { SegmentedControl, TagsInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { useState } from 'react'
import { useRetag } from '../../api/use-acts.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { t } from '../../strings.ts'
import { retagged, type TagMode } from './retagged.ts'

const MOST_TAGS = 20
const LONGEST_TAG = 40

export interface TagDialogProps {
  readonly chosen: readonly Integration[]
  readonly opened: boolean
  readonly onClose: () => void
  readonly onDone: () => void
}

export function TagDialog({ chosen, opened, onClose, onDone }: TagDialogProps) {
  const words = t.list.bulk
  const [mode, setMode] = useState<TagMode>('add')
  const [tags, setTags] = useState<readonly string[]>([])
  const retag = useRetag()
  const known = [...new Set(chosen.flatMap((integration) => integration.tags))].toSorted()
  const changed = chosen.flatMap((integration) => {
    const next = retagged(integration.tags, tags, mode)
    return next === undefined ? [] : [{ ...integration, tags: next }]
  })
  const retagAll = useMutation({
    mutationFn: async () => {
      let done = 0
      for (const { id, version, tags: next } of changed) {
        try {
          await retag.mutateAsync({ id, version, tags: next })
          done += 1
        } catch (error) {
          if (done === 0) throw error
          throw new Error(words.taggedPartly(done, changed.length), { cause: error })
        }
      }
      return done
    },
    onSuccess: (done) => {
      notifications.show({ message: words.tagged(done) })
      onDone()
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      title={words.tagTitle(chosen.length)}
      verb={mode === 'add' ? words.tagAdd : words.tagRemove}
      isReady={changed.length > 0}
      act={retagAll}
      onConfirm={() => retagAll.mutate()}
      onClose={onClose}
    >
      <SegmentedControl
        aria-label={words.tagMode}
        value={mode}
        data={[
          { value: 'add', label: words.tagAdd },
          { value: 'remove', label: words.tagRemove },
        ]}
        onChange={(value) => setMode(value === 'remove' ? 'remove' : 'add')}
      />
      <TagsInput
        label={words.tagField}
        description={words.tagHint}
        maxTags={MOST_TAGS}
        maxLength={LONGEST_TAG}
        acceptValueOnBlur
        {...(mode === 'remove' && { data: known })}
        value={[...tags]}
        onChange={setTags}
      />
    </ConfirmDialog>
  )
}
