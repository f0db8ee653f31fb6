// The effects of each change of an operator, and its refusals.
import { describe, expect, test } from 'vitest'
import {
  addFirstOwner,
  addOperator,
  editOperator,
  MOST_OPERATORS,
  type OperatorChange,
  type OperatorState,
  removeOperator,
  replaceFirstLink,
  replaceLink,
  setPassword,
} from '../../../src/domain/operator-change.ts'
import type { Operator } from '../../../src/domain/operator.ts'
import type { SetUpLink } from '../../../src/domain/set-up-link.ts'
import { NOW } from './a-slot.ts'
import { anOperator, aSession, aState } from './an-operator.ts'

const aLink = <Id extends string | undefined>(
  hash: string,
  operatorId: Id,
): SetUpLink & { readonly operatorId: Id } => ({
  ...{ hash, operatorId, expiresAt: NOW + 60 },
})
const ANN = anOperator('ann')
const BOB = anOperator('bob')
const VIEWER = anOperator('viewer', { role: 'viewer' })
const NEW = anOperator('new', { role: 'viewer', passwordHash: undefined })
const OF_BOB = [aSession('bob1', 'bob'), aSession('bob2', 'bob')]
const [ANNS, BOBS, FIRST] = [aLink('ann', 'ann'), aLink('bob', 'bob'), aLink('first', undefined)]
const FULL = aState([ANN, BOB, VIEWER], [aSession('ann1', 'ann'), ...OF_BOB], [ANNS, BOBS, FIRST])

describe('an invitation', () => {
  test('adds the operator with a set-up link', () => {
    expect(addOperator(FULL, NEW, aLink('new', 'new'))).toEqual({
      ok: true,
      value: { put: NEW, link: aLink('new', 'new') },
    })
  })

  test('is refused for an e-mail that another operator has', () => {
    const refused = addOperator(FULL, { ...NEW, email: ANN.email }, aLink('new', 'new'))
    expect(refused).toEqual({ ok: false, refusal: { reason: 'operator_exists' } })
  })

  test('is refused when the limit of operators is reached', () => {
    const full = Array.from({ length: MOST_OPERATORS }, (_, i) => anOperator(`opr_${String(i)}`))
    const refusal = { reason: 'limit_reached', most: MOST_OPERATORS }
    expect(addOperator(aState(full), NEW, aLink('new', 'new'))).toEqual({ ok: false, refusal })
    expect(addOperator(aState(full.slice(1)), NEW, aLink('new', 'new'))).toMatchObject({ ok: true })
  })
})

describe('an operator who is changed', () => {
  const edit = (id: string, change: OperatorChange, version?: number, state = FULL) =>
    editOperator(state, { id, version }, change)

  test('to another role keeps all sessions and the set-up link', () => {
    const after = { ...BOB, role: 'viewer', version: 4 }
    expect(edit('bob', { role: 'viewer' })).toEqual({ ok: true, value: { before: BOB, operator: after, put: after } })
  })

  test('who is disabled loses sessions and links, and other operators keep their sessions and links', () => {
    const after = { ...BOB, disabled: true, version: 4 }
    expect(edit('bob', { disabled: true })).toEqual({
      ok: true,
      value: { before: BOB, operator: after, put: after, endedSessions: OF_BOB, endedLinks: [BOBS] },
    })
  })

  test.each<readonly [string, OperatorChange]>([
    ['nothing is asked', {}],
    ['all is asked to be as it is', { role: 'owner', disabled: false }],
  ])('stays in the same version if %s', (_what, change) => {
    expect(edit('bob', change)).toEqual({ ok: true, value: { before: BOB, operator: BOB } })
  })

  test.each<readonly [string, OperatorChange]>([
    ['lose the role', { role: 'editor' }],
    ['be disabled', { disabled: true }],
  ])('cannot %s while no other owner can sign in', (_what, change) => {
    const others = [anOperator('off', { disabled: true }), anOperator('invited', { passwordHash: undefined }), VIEWER]
    const state = aState([ANN, ...others])
    expect(edit('ann', change, undefined, state)).toEqual({ ok: false, refusal: { reason: 'last_owner' } })
    expect(edit('ann', change)).toMatchObject({ ok: true })
  })

  test('must exist, and have the version that the caller read', () => {
    expect(edit('nobody', {})).toEqual({ ok: false, refusal: { reason: 'unknown_operator' } })
    const refusal = { reason: 'version_conflict', version: 3 }
    expect(edit('bob', { role: 'viewer' }, 2)).toEqual({ ok: false, refusal })
  })
})

describe('an operator who is removed', () => {
  const remove = (state: OperatorState, id: string, version?: number) => removeOperator(state, { id, version })

  test('is removed with all sessions and the set-up link', () => {
    expect(remove(FULL, 'bob')).toEqual({
      ok: true,
      value: { operator: BOB, removed: BOB, endedSessions: OF_BOB, endedLinks: [BOBS] },
    })
  })

  test.each<readonly [string, OperatorState, string, number | undefined, object]>([
    ['they are the last owner', aState([ANN, VIEWER]), 'ann', undefined, { reason: 'last_owner' }],
    ['they do not exist', FULL, 'nobody', undefined, { reason: 'unknown_operator' }],
    ['the caller saw another version', FULL, 'bob', 2, { reason: 'version_conflict', version: 3 }],
  ])('stays if %s', (_what, state, id, version, refusal) => {
    expect(remove(state, id, version)).toEqual({ ok: false, refusal })
  })
})

describe('a new set-up link', () => {
  test('ends the previous link of its operator and no other link', () => {
    const link = aLink('newer', 'bob')
    expect(replaceLink(FULL, link)).toEqual({ ok: true, value: { operator: BOB, link, endedLinks: [BOBS] } })
  })

  test.each([
    ['unknown', 'unknown_operator', 'nobody'],
    ['disabled', 'operator_disabled', 'off'],
  ])('is refused for an operator who is %s', (_what, reason, id) => {
    const state = aState([anOperator('off', { disabled: true })])
    expect(replaceLink(state, aLink('newer', id))).toEqual({ ok: false, refusal: { reason } })
  })

  test('for the first owner ends the earlier link, and is refused once an owner can sign in', () => {
    const link = aLink('newer', undefined)
    const state = aState([VIEWER], [], [BOBS, FIRST])
    expect(replaceFirstLink(state, link)).toEqual({ ok: true, value: { link, endedLinks: [FIRST] } })
    expect(replaceFirstLink(FULL, link)).toEqual({ ok: false, refusal: { reason: 'owner_exists' } })
  })
})

describe('a password that is chosen with a set-up link', () => {
  const password = { hash: 'chosen', session: aSession('begun', 'overwritten'), replaced: 'ann1' }
  const begun = (operatorId: string) => ({ ...password.session, operatorId })

  test('makes the first owner and signs the owner in', () => {
    const owner = anOperator('owner', { passwordHash: undefined, version: 1 })
    const after = { ...owner, passwordHash: 'chosen', lastSignInAt: NOW }
    expect(addFirstOwner(aState([], [], [FIRST]), { linkHash: 'first', owner, password }, NOW)).toEqual({
      ok: true,
      value: { operator: after, put: after, session: begun('owner'), endedLinks: [FIRST], endedSessions: [] },
    })
  })

  test('makes the operator with this e-mail the owner, and is refused if it was hashed for another id', () => {
    const off = { ...VIEWER, disabled: true }
    const state = aState([off], [], [FIRST, aLink('viewer', 'viewer')])
    const make = (owner: Operator) => addFirstOwner(state, { linkHash: 'first', owner, password }, NOW)
    const becomes = { ...VIEWER, role: 'owner', passwordHash: 'chosen', lastSignInAt: NOW, version: 4 }
    expect(make({ ...off, role: 'owner' })).toMatchObject({
      ok: true,
      value: { put: becomes, endedLinks: [FIRST, aLink('viewer', 'viewer')] },
    })
    expect(make(anOperator('other', { email: VIEWER.email }))).toEqual({
      ok: false,
      refusal: { reason: 'operator_exists' },
    })
  })

  test.each<readonly [string, OperatorState, string, number]>([
    ['there is an owner', FULL, 'first', NOW],
    ['the link is an operator’s', aState([VIEWER], [], [aLink('viewer', 'viewer')]), 'viewer', NOW],
    ['the link is over', aState([], [], [FIRST]), 'first', NOW + 60],
    ['there is no such link', aState([], [], [FIRST]), 'guessed', NOW],
  ])('makes no first owner if %s', (_what, state, linkHash, now) => {
    const made = addFirstOwner(state, { linkHash, owner: anOperator('owner'), password }, now)
    expect(made).toEqual({ ok: false, refusal: { reason: 'code_unusable' } })
  })

  test('replaces the old password, and ends the operator’s sessions, the browser’s session and the links', () => {
    const after = { ...BOB, passwordHash: 'chosen', lastSignInAt: NOW, version: 4 }
    const endedSessions = [aSession('ann1', 'ann'), ...OF_BOB]
    expect(setPassword(FULL, { linkHash: 'bob', password }, NOW)).toEqual({
      ok: true,
      value: { operator: after, put: after, session: begun('bob'), endedLinks: [FIRST, BOBS], endedSessions },
    })
  })

  test('leaves the link for the first owner unless the operator is an owner', () => {
    const state = aState([VIEWER], [], [FIRST, aLink('viewer', 'viewer')])
    const set = setPassword(state, { linkHash: 'viewer', password }, NOW)
    expect(set).toMatchObject({ ok: true, value: { endedLinks: [aLink('viewer', 'viewer')] } })
  })

  test.each<readonly [string, OperatorState, string, number]>([
    ['the link is for a first owner', FULL, 'first', NOW],
    ['the link is over', FULL, 'bob', NOW + 60],
    ['there is no such link', FULL, 'guessed', NOW],
    ['the operator is disabled', aState([{ ...BOB, disabled: true }], [], [BOBS]), 'bob', NOW],
    ['the operator is gone', aState([ANN], [], [BOBS]), 'bob', NOW],
  ])('is refused if %s', (_what, state, linkHash, now) => {
    const refused = setPassword(state, { linkHash, password }, now)
    expect(refused).toEqual({ ok: false, refusal: { reason: 'code_unusable' } })
  })
})
