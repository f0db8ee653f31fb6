// Adds a trusted issuer, or changes the given one.
import type { TrustedIssuer } from 'latchkey/admin-api'
import { useEffect, useState } from 'react'
import { useChangeIssuer, useCreateIssuer } from '../../api/platform-acts.ts'
import { isProblem, ProblemError } from '../../api/problem.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { StaleBanner } from '../../components/stale-banner.tsx'
import { issuerFormText as words } from '../../strings/issuers.ts'
import { platformText } from '../../strings/platform.ts'
import { IssuerFields } from './issuer-fields.tsx'
import { EMPTY_ISSUER, faultOf, formOf, type IssuerForm, issuerPatchOf, newIssuerOf } from './issuer-form.ts'

export interface IssuerDialogProps {
  readonly opened: boolean
  /** The issuer to change. Undefined for a new issuer. */
  readonly issuer: TrustedIssuer | undefined
  readonly onClose: () => void
  readonly onSaved?: (saved: TrustedIssuer) => void
}

export function IssuerDialog({ opened, issuer, onClose, onSaved }: IssuerDialogProps) {
  const [base, setBase] = useState<TrustedIssuer | undefined>()
  const [form, setForm] = useState<IssuerForm>(EMPTY_ISSUER)
  const [attempts, setAttempts] = useState(0)
  const create = useCreateIssuer()
  const save = useChangeIssuer()
  const act = base === undefined ? create : save
  const restart = () => {
    create.reset()
    save.reset()
    setAttempts(0)
    setBase(issuer)
    setForm(issuer === undefined ? EMPTY_ISSUER : formOf(issuer))
  }
  // The input stays when another operator changes the issuer, so that saving does not overwrite an unseen change.
  useEffect(() => {
    if (opened) restart()
  }, [opened])
  const fault = faultOf(form)
  const change = (next: IssuerForm) => {
    setForm(next)
    act.reset()
  }
  const onSuccess = (saved: TrustedIssuer) => {
    onClose()
    onSaved?.(saved)
  }
  const submit = () => {
    setAttempts((before) => before + 1)
    if (fault !== undefined) return
    if (base === undefined) return create.mutate(newIssuerOf(form), { onSuccess })
    const desired = issuerPatchOf(base, form)
    if (Object.keys(desired).length === 0) return onClose()
    save.mutate({ id: base.id, version: base.version, desired }, { onSuccess })
  }
  const isStale = isProblem(act.error, 'stale_version')
  return (
    <ConfirmDialog
      opened={opened}
      title={base === undefined ? words.addTitle : words.editTitle(base.name)}
      verb={base === undefined ? words.add : platformText.save}
      isReady={!isStale}
      act={isStale ? { isPending: false, error: null } : act}
      onConfirm={submit}
      onClose={onClose}
    >
      {isStale && <StaleBanner isRead={issuer?.version !== base?.version} onReload={restart} />}
      <IssuerFields
        form={form}
        isNew={base === undefined}
        attempts={attempts}
        fault={attempts > 0 ? fault : undefined}
        refusal={act.error instanceof ProblemError ? act.error : undefined}
        onChange={change}
      />
    </ConfirmDialog>
  )
}
