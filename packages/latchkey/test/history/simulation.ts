// The embedded store on a simulated disk, with one slot (an integration and scope). The test drives the store step by
// step and records the whole history.
import { createHash } from 'node:crypto'
import { accept, type AccessTokenClaims, Secret } from '@latchkey/protocol'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { REPLACE, type IssueMode } from '../../src/domain/issue-mode.ts'
import { verifyToken } from '../../src/operations/verify-token.ts'
import type { Slots } from '../../src/ports/slots.ts'
import { AuditLog } from '../../src/state/audit-log.ts'
import { IdempotencyRecords } from '../../src/state/idempotency-records.ts'
import { CommitQueue } from '../../src/commit/commit-queue.ts'
import { type CommitStrategy, soleWriter } from '../../src/commit/commit-strategy.ts'
import type { Disk } from '../../src/rows/disk.ts'
import { MEMORY_IS_THE_TRUTH } from '../../src/state/freshness.ts'
import { storedCatalog, storedCatalogAdministration } from '../../src/adapters/stored-catalog.ts'
import { storedIntegrations } from '../../src/adapters/stored-integrations.ts'
import { storedSlots } from '../../src/adapters/stored-slots.ts'
import { Generations } from '../../src/state/generations.ts'
import { loadTrustedIssuers } from '../../src/state/trusted-issuer-snapshot.ts'
import { SigningKeySnapshot } from '../../src/state/signing-key-snapshot.ts'
import { LiveState } from '../../src/state/live-state.ts'
import { ReplayWindows } from '../../src/state/replay-windows.ts'
import { loadCatalog } from '../../src/adapters/load-catalog.ts'
import { loadIntegrations, reloadTouched } from '../../src/state/load.ts'
import { SecretUses } from '../../src/adapters/secret-uses.ts'
import { SlotIds } from '../../src/state/slot-ids.ts'
import { systemRandom } from '../../src/system.ts'
import { TestClock } from '../a-server.ts'
import { TEST_AUDIT_MAC, TEST_ROW_MACS as macs, unsigned } from '../a-store.ts'
import { HandOuts } from '../../src/issuing/hand-outs.ts'
import { loadFloor } from '../../src/adapters/raised-floor.ts'
import type { AuthenticatedClient } from '../../src/domain/admission.ts'
import type { IssueRefusal } from '../../src/domain/refusal.ts'
import { aKeyCredential } from '../client-assertions.ts'
import { type IntegrationAct, type Outcome, type Presented, Recorder, type ScopeAct } from './history.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { changing } from '../changing.ts'
import { issueFrom } from '../issue-from.ts'

export const CLIENT_ID = 'lksimulation0001'
const SECRET_ID = 'sec_1'
const KEY_ID = 'key_1'
const KEY = aKeyCredential(KEY_ID)
const AUDIENCE = 'api://default'
const SCOPE = { name: PREDICT, audience: null, description: '' }

/** The parts that a broken variant replaces. */
export interface Build {
  /** Changes how batches are committed. */
  readonly strategy: (sound: CommitStrategy, disk: Disk) => CommitStrategy
  /**
   * `checkpointed`: a starting server syncs the files before it answers any request. `as_found`: it does not sync the
   * files.
   */
  readonly start: 'checkpointed' | 'as_found'
  /** Replaces `Slots`, which issues, checks and revokes tokens. */
  readonly slots: (slots: Slots, queue: CommitQueue) => Slots
  /** Changes the replay windows, the records of used assertions, in memory. */
  readonly windows: (sound: ReplayWindows) => ReplayWindows
  /**
   * Returns the text by which the server recognizes an assertion. `form` chooses one of the two forms of an ECDSA
   * signature.
   */
  readonly identify: (jti: string, form: Form) => string
}

/** An assertion can be sent as two texts, because an ECDSA signature has two valid forms. */
export type Form = 'signed' | 'flipped'

export const SOUND: Build = {
  strategy: (sound) => sound,
  start: 'checkpointed',
  slots: (slots) => slots,
  windows: (windows) => windows,
  identify: (jti) => jti,
}

type Process = Awaited<ReturnType<typeof boot>>

/** Starts a process on this disk. */
async function boot(disk: SimulatedDisk, build: Build, clock: TestClock) {
  if (build.start === 'checkpointed') disk.checkpoint()
  const audit = await AuditLog.load(disk, { mac: TEST_AUDIT_MAC, clock, trail: 'must_exist' })
  const snapshot = await loadCatalog(disk, { audit, macs, defaultAudience: AUDIENCE })
  const catalog = storedCatalog(snapshot)
  const live = new LiveState()
  const floor = await loadFloor(disk)
  const windows = build.windows(await ReplayWindows.load(disk, floor.value.floor))
  const slotIds = new SlotIds(await loadIntegrations(disk, live, macs))
  const queue = new CommitQueue({
    live,
    generations: new Generations(),
    recorder: audit,
    macs,
    windows,
    disk,
    strategy: build.strategy(
      soleWriter({ disk, reload: (touched) => reloadTouched(disk, { live, macs, windows }, touched) }),
      disk,
    ),
  })
  const idempotency = await IdempotencyRecords.load(disk)
  const uses = new SecretUses(queue, 60_000)
  const freshness = MEMORY_IS_THE_TRUTH
  const integrations = storedIntegrations({
    queue,
    disk,
    clock,
    slotIds,
    idempotency,
    uses,
    catalog: snapshot,
    freshness,
  })
  const scopes = storedCatalogAdministration({ queue, clock, snapshot, defaultAudience: AUDIENCE })
  const keys = await SigningKeySnapshot.load(disk, macs)
  const ports = {
    queue,
    freshness,
    catalog,
    trustedIssuers: await loadTrustedIssuers(disk, macs),
    signer: unsigned,
    clock,
    keys,
    random: systemRandom,
    issuer: 'https://issuer.test',
    inHistory: uses.inHistory.bind(uses),
    handOuts: new HandOuts({ disk, queue, onShared: () => undefined }),
  }
  const slots = build.slots(storedSlots({ ...ports, lifetimeSeconds: 3600 }), queue)
  return { disk, integrations, catalog, scopes, slots }
}

export class Simulation {
  readonly recorder = new Recorder()
  /** The claims of every token that a request received. */
  readonly tokens: string[] = []
  readonly #build: Build
  readonly #clock: TestClock
  /** The assertions that the client has signed, the newest last. */
  readonly #assertions: Presented[] = []
  #process: Process
  #backup: SimulatedDisk | undefined
  #latest: number
  #moves = 0

  private constructor(process: Process, build: Build, clock: TestClock) {
    this.#process = process
    this.#build = build
    this.#clock = clock
    this.#latest = clock.now()
  }

  static async start(mode: IssueMode = REPLACE, build: Build = SOUND, graceSeconds = 0): Promise<Simulation> {
    const disk = SimulatedDisk.blank()
    const clock = new TestClock(1_800_000_000)
    const process = await boot(disk, build, clock)
    const secrets = [{ id: SECRET_ID, hash: new Secret('hash').toString(), endsAt: undefined }]
    const made = process.scopes.createScope(SCOPE, () => [])
    await turn()
    disk.sync()
    await made
    const created = process.integrations.create(
      [
        {
          profile: { id: 'int_1', name: 'Simulated', description: '', tags: [], createdAt: 0 },
          integration: {
            clientId: CLIENT_ID,
            enabled: true,
            version: 1,
            secrets,
            credentials: [KEY],
            resourceServerFor: [],
            mode,
            graceSeconds,
            conditional: true,
            allowedAddresses: [],
          },
          scopes: [PREDICT],
          sealedSecret: null,
          secretOrigin: 'generated',
          firstGeneration: 0,
        },
      ],
      [],
    )
    await turn()
    disk.sync()
    await created
    return new Simulation(process, build, clock)
  }

  issue(): void {
    this.#request({ clientId: CLIENT_ID, credentialId: SECRET_ID })
  }

  /** Requests a token in place of one of the tokens that requests received. 0 chooses the newest. */
  issueInsteadOf(age: number): void {
    const text = this.tokens.at(-1 - age)
    this.issueIf(text === undefined ? 0 : generationOf(text))
  }

  /** Requests a token in place of the token with this generation. 0 stands for no token. */
  issueIf(replaces: number): void {
    this.#request({ clientId: CLIENT_ID, credentialId: SECRET_ID }, { replaces })
  }

  /** Requests a token with a new assertion. */
  present(): void {
    const [now, jti] = [this.#clock.now(), `use${String(this.#assertions.length)}`]
    const assertion = { jti, hash: hashOf(this.#build.identify(jti, 'signed')), exp: now + 60, signedAt: now }
    this.#assertions.push(assertion)
    this.#presented(assertion)
  }

  /** Sends one of the assertions once more. 0 chooses the newest. */
  presentAgain(age: number, form: Form = 'signed'): void {
    const assertion = this.#assertions.at(-1 - age)
    if (assertion === undefined) return
    this.#presented({ ...assertion, hash: hashOf(this.#build.identify(assertion.jti, form)) })
  }

  #presented(assertion: Presented): void {
    const { hash, exp, signedAt } = assertion
    this.#request({ clientId: CLIENT_ID, credentialId: KEY_ID, use: { hash, exp, signedAt } }, { presented: assertion })
  }

  #request(
    client: AuthenticatedClient,
    { presented, replaces }: { readonly presented?: Presented; readonly replaces?: number } = {},
  ): void {
    const requester = { address: '127.0.0.1', userAgent: 'simulation' }
    const { slots } = this.#process
    void this.recorder.record({ kind: 'issue', presented, replaces }, async (): Promise<Outcome> => {
      const outcome = await issueFrom(slots, { client, scope: PREDICT, requester, replaces })
      if (!outcome.ok) return refusedBecause(outcome.refusal.reason, this.#latest)
      const { text, token, kind } = outcome.value
      if (!this.tokens.includes(text)) this.tokens.push(text)
      return { kind, jti: token.jti, generation: token.generation }
    })
  }

  /** Sets the wall clock of the server. */
  stepClock(seconds: number): void {
    this.#clock.step(seconds)
    this.#latest = Math.max(this.#latest, this.#clock.now())
  }

  /** Makes a backup of the store as it is on the disk. */
  backUp(): void {
    this.#backup = this.#process.disk.copy()
  }

  /** Ends the server and starts the next one on the last backup. */
  async restore(): Promise<void> {
    const backup = this.#backup?.copy()
    if (backup === undefined) return
    // A restore needs a right clock, because its time separates the uses that were lost from the later uses.
    const at = this.#latest
    this.#clock.step(at - this.#clock.now())
    this.#process.disk.crash()
    backup.raiseFloor(at)
    await this.recorder.record({ kind: 'restore', at }, async (): Promise<Outcome> => {
      this.#process = await boot(backup, this.#build, this.#clock)
      return { kind: 'done' }
    })
  }

  /** Checks one of the tokens that requests received. 0 chooses the newest. */
  check(age: number): void {
    const text = this.tokens.at(-1 - age)
    if (text === undefined) return
    const { slots, catalog } = this.#process
    const signatures = { verify: (token: string) => accept(JSON.parse(token) as AccessTokenClaims) }
    void this.recorder.record({ kind: 'check', jti: jtiOf(text) }, async (): Promise<Outcome> => {
      const verdict = await verifyToken({ signatures, slots, catalog, clock: this.#clock }, text)
      return { kind: verdict.ok ? 'live' : 'dead' }
    })
  }

  revoke(age: number): void {
    const text = this.tokens.at(-1 - age)
    if (text === undefined) return
    const { slots } = this.#process
    const jti = jtiOf(text)
    void this.recorder.record({ kind: 'revoke', jti }, async (): Promise<Outcome> => {
      await slots.revoke(CLIENT_ID, PREDICT, jti)
      return { kind: 'done' }
    })
  }

  change(kind: IntegrationAct): void {
    const { integrations } = this.#process
    const scopes = kind === 'grant_scope' ? [PREDICT] : []
    const change = kind === 'disable' || kind === 'enable' ? { kind } : { kind: 'set_scopes' as const, scopes }
    void this.recorder.record({ kind }, async (): Promise<Outcome> => {
      const changed = await integrations.change(CLIENT_ID, ...changing(change))
      return { kind: changed.ok ? 'done' : 'refused' }
    })
  }

  changeScope(kind: ScopeAct): void {
    const { scopes } = this.#process
    const order = { version: undefined, audit: () => [] }
    // An audience that the scope never had, so that the change ends the live token.
    const audience = `${AUDIENCE}/${String(++this.#moves)}`
    void this.recorder.record({ kind }, async (): Promise<Outcome> => {
      if (kind === 'delete_scope') await scopes.deleteScope(PREDICT, 'end_uses', order)
      else if (kind === 'make_scope') await scopes.createScope(SCOPE, () => [])
      else await scopes.changeScope(PREDICT, { audience, description: undefined }, order)
      return { kind: 'done' }
    })
  }

  sync(): void {
    this.#process.disk.sync()
  }

  fail(outcome: 'written' | 'lost'): void {
    this.#process.disk.fail(outcome)
  }

  write(): void {
    this.#process.disk.write()
  }

  async crash(of: 'process' | 'power'): Promise<void> {
    this.#process = await boot(this.#process.disk.crash(of), this.#build, this.#clock)
  }
}

/** Resolves when all code that does not wait for the disk has run. */
export const turn = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Returns the outcome that a client sees for this reason of a refusal. `latest` is the latest time that the clock has
 * shown.
 */
export function refusedBecause(reason: IssueRefusal['reason'], latest: number): Outcome {
  switch (reason) {
    case 'assertion_replayed':
      return { kind: 'replayed' }
    case 'replay_window_crowded':
      return { kind: 'undecided', because: 'crowded', latest }
    case 'assertion_state_unknown':
      return { kind: 'undecided', because: 'history_lost', latest }
    default:
      return { kind: 'refused' }
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('latin1').slice(0, 8)

const generationOf = (text: string): number => (JSON.parse(text) as AccessTokenClaims).gen

const jtiOf = (text: string): string => (JSON.parse(text) as AccessTokenClaims).jti
