// One process of a fleet: calls an API at a steady pace with the client of its assignment.
import { setTimeout as pause } from 'node:timers/promises'
import { createTokenManager, type TokenStore } from '@latchkey/client'
import { fileStore } from '@latchkey/client/file-store'
import { valkeyStore } from '@latchkey/client/valkey-store'
import { Redis } from 'iovalkey'
import type { Assignment, Report } from './assignment.ts'

interface Caller {
  /** Calls the API once and returns the status. */
  call(): Promise<number>
  readonly refused: () => number
  readonly issuedAt: readonly number[]
}

function naiveCaller({ tokenUrl, apiUrl, clientId, clientSecret, scope }: Assignment): Caller {
  const issuedAt: number[] = []
  let refused = 0
  let token: string | undefined
  const requestToken = async (): Promise<string> => {
    const authorization = `Basic ${btoa(`${clientId}:${clientSecret}`)}`
    const url = `${tokenUrl}?${new URLSearchParams({ grant_type: 'client_credentials', scope }).toString()}`
    const response = await fetch(url, { method: 'POST', headers: { authorization } })
    issuedAt.push(Date.now())
    return ((await response.json()) as { access_token: string }).access_token
  }
  const send = async (): Promise<number> => {
    token ??= await requestToken()
    const { status } = await drained(await fetch(apiUrl, { headers: { authorization: `Bearer ${token}` } }))
    if (status === 401) {
      refused++
      token = undefined
    }
    return status
  }
  return { call: async () => ((await send()) === 200 ? 200 : send()), refused: () => refused, issuedAt }
}

function managedCaller(assignment: Assignment, store: TokenStore): Caller {
  const { apiUrl, tokenUrl, clientId, clientSecret, scope } = assignment
  const tokens = createTokenManager({ tokenUrl, clientId, clientSecret, scope, store, parameters: 'query' })
  const issuedAt: number[] = []
  let refused = 0
  tokens.on('issued', () => issuedAt.push(Date.now()))
  tokens.on('refused', () => refused++)
  return {
    call: async () => (await drained(await tokens.fetchWithToken(apiUrl))).status,
    refused: () => refused,
    issuedAt,
  }
}

/** Reads the body, so that the connection is free for the next call. */
async function drained(response: Response): Promise<Response> {
  await response.arrayBuffer()
  return response
}

function callerFor(assignment: Assignment): Caller {
  const { client } = assignment
  switch (client.kind) {
    case 'naive':
      return naiveCaller(assignment)
    case 'file':
      return managedCaller(assignment, fileStore({ folder: client.folder }))
    case 'valkey':
      return managedCaller(assignment, valkeyStore({ client: new Redis({ host: '127.0.0.1', port: client.port }) }))
  }
}

async function work(assignment: Assignment): Promise<Report> {
  const caller = callerFor(assignment)
  const end = performance.now() + assignment.forMs
  const errors = new Set<string>()
  let [calls, failed] = [0, 0]
  // A random pause, so that the processes do not all call at the same instant.
  await pause(Math.random() * assignment.callEveryMs)
  while (performance.now() < end) {
    const began = performance.now()
    try {
      calls++
      if ((await caller.call()) !== 200) failed++
    } catch (cause) {
      failed++
      errors.add(String(cause))
    }
    await pause(Math.max(0, began + assignment.callEveryMs - performance.now()))
  }
  return { calls, failed, refused: caller.refused(), issuedAt: caller.issuedAt, errors: [...errors] }
}

process.once('message', (assignment: Assignment) => {
  void work(assignment).then((report) => process.send?.(report, () => process.exit(0)))
})
process.once('disconnect', () => process.exit(1))
process.send?.('ready')
