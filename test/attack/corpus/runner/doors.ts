import type { EventEmitter } from 'node:events'
import type { Client } from 'pg'
import { openSecretStore } from '../../../../src/config/secrets/store.ts'
import { currentKey, readKeyFile } from '../../../../src/engines/postgres/context/key-file.ts'
import type { KeyRing } from '../../../../src/engines/postgres/context/open-key-ring.ts'
import { openKeyRing } from '../../../../src/engines/postgres/context/open-key-ring.ts'
import { type ContextPool, openContextPool } from '../../../../src/engines/postgres/context/pool.ts'
import { type ContextClaims, type SigningKey, signContext } from '../../../../src/engines/postgres/context/token.ts'
import { readPassword, sharedLogin } from '../../../../src/engines/postgres/logins.ts'
import type { TestDatabase } from '../../../support/database.ts'
import type { TestRouter } from '../../../support/router.ts'
import type { Kit, Steps, Success, Technique } from './technique.ts'
import { isTelling, type Told, toldError, toldRows, withoutDuration } from './transcript.ts'

/** Sends the steps of an attempt, and says what the attacker was told of each. `victim` is what the victim is told, who comes next. */
export interface Door {
  send(technique: Technique, steps: Steps): Promise<{ readonly told: readonly Told[]; readonly victim?: Told }>
}

export const claimsOf = (company: string, claims: Partial<ContextClaims> = {}): ContextClaims => ({
  company,
  user: null,
  service: 'attack',
  limits: { statementTimeoutMs: 5_000, lockTimeoutMs: 1_000, workMemKb: 4_096, parallelWorkers: 0 },
  mode: 'write',
  ...claims,
})

/** What the shared role's connection needs: its password, and the keys that sign. */
export interface Credentials {
  readonly password: string
  readonly key: SigningKey
  readonly keyRing: KeyRing
}

export async function readCredentials(secretsDirectory: string): Promise<Credentials> {
  const store = openSecretStore(secretsDirectory)
  const keys = await readKeyFile(store, 'main')
  if (keys === null) throw new Error('dbsvc has made no context key')
  const password = (await readPassword(store, sharedLogin, {})) ?? ''
  return { password, key: currentKey(keys), keyRing: await openKeyRing(store, 'main') }
}

/** The router, over HTTP: each step a request, or all of them one batch. */
export function routerDoor(router: TestRouter): Door {
  const ask = async (path: string, body: object, user: string | undefined): Promise<Told> => {
    const headers = {
      authorization: `Bearer ${router.key}`,
      'content-type': 'application/json',
      'x-dbsvc-company': 'company_abc',
      'x-request-id': 'attack',
      ...(user === undefined ? {} : { 'x-dbsvc-user': user }),
    }
    const send = () => fetch(`${router.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    // The router closes connections that were unused for 5 s, maybe just when this one is sent.
    const response = await send().catch(send)
    const text = await response.text()
    const { error, rows, results } = JSON.parse(text) as {
      error?: { code: string; message: string }
      rows?: unknown[]
      results?: { rows: unknown[] }[]
    }
    return {
      verdict: error === undefined ? 'ok' : `${error.code} ${error.message}`,
      bytes: `${response.status} ${JSON.stringify([...response.headers].filter(isTelling))} ${withoutDuration(text)}`,
      rowCount: (rows ?? results?.at(-1)?.rows ?? []).length,
    }
  }
  return {
    async send({ entry, user }, steps) {
      const texts = [steps].flat() as string[]
      if (entry === 'batch')
        return { told: [await ask('/v1/batch', { statements: texts.map((sql) => ({ sql })) }, user)] }
      const told: Told[] = []
      for (const sql of texts) told.push(await ask(`/v1/${entry}`, { sql }, user))
      return { told }
    },
  }
}

/** A connection of the shared role: a new one for each attempt, or one that is kept for honest use. */
export function sharedRoleDoor(
  database: TestDatabase,
  { password, key }: Credentials,
  { keep = false, commits = false } = {},
): Door {
  const connect = connecting(() => database.connect('database_service_role', password), keep)
  return {
    async send({ entered = true, user, success }, steps) {
      const client = await connect()
      try {
        const kit = await kitOf(client, database.database, key)
        const told: Told[] = []
        if (entered) {
          await client.query('begin')
          await client.query('select dbsvc.enter($1)', [kit.token(user === undefined ? {} : { user })])
        }
        for (const sql of typeof steps === 'function' ? steps(kit) : [steps].flat()) told.push(await tell(client, sql))
        // What is looked for afterwards has to be there.
        await client.query(commits || isEffect(success) ? 'commit' : 'rollback').catch(() => {})
        return { told }
      } finally {
        if (!keep) await client.end()
      }
    },
  }
}

export function loginDoor(database: TestDatabase, role: string, password: string, keep = false): Door {
  const connect = connecting(() => database.connect(role, password), keep)
  return {
    async send(_technique, steps) {
      const client = await connect()
      try {
        const told: Told[] = []
        for (const sql of [steps].flat() as string[]) told.push(await tell(client, sql))
        return { told }
      } finally {
        if (!keep) await client.end()
      }
    },
  }
}

function connecting(connect: () => Promise<Client>, keep: boolean): () => Promise<Client> {
  let kept: Promise<Client> | undefined
  return () => {
    if (!keep) return connect()
    kept ??= connect()
    return kept
  }
}

/** A pool of one connection, which the victim has after the attacker, and the attacker after the victim. */
export function poolDoor(database: TestDatabase, { password, keyRing }: Credentials): Door {
  return {
    async send({ victim = 'select 1' }, steps) {
      const { host, port } = database
      const options = { host, port, database: database.database, password, ssl: false as const, keyRing }
      const pool = openContextPool({ ...options, max: 1, ttlMs: 10_000 })
      const ask = (company: string, text: string): Promise<Told> => query(pool, company, text)
      try {
        const told: Told[] = []
        for (const text of [steps].flat() as string[]) told.push(await ask('company_abc', text))
        return { told, victim: await ask('company_xyz', victim) }
      } finally {
        await pool.close()
      }
    },
  }
}

const isEffect = (success: Success): boolean => typeof success === 'object' && 'effect' in success

const query = (pool: ContextPool, company: string, text: string): Promise<Told> =>
  pool.query(claimsOf(company), { text }).then(toldRows, toldError)

/** What a pool without distrust would do: one connection for all, whatever was sent on it. */
export function trustingDoor(database: TestDatabase, { password, key }: Credentials): Door {
  return {
    async send({ victim = 'select 1' }, steps) {
      const client = await database.connect('database_service_role', password)
      try {
        const kit = await kitOf(client, database.database, key)
        const ask = async (company: string, text: string): Promise<Told> => {
          await client.query('begin').catch(() => {})
          await client.query('select dbsvc.enter($1)', [kit.token({ company })]).catch(() => {})
          const told = await tell(client, text)
          await client.query('commit').catch(() => {})
          return told
        }
        const told: Told[] = []
        for (const text of [steps].flat() as string[]) told.push(await ask('company_abc', text))
        return { told, victim: await ask('company_xyz', victim) }
      } finally {
        await client.end()
      }
    },
  }
}

async function tell(client: Client, text: string): Promise<Told> {
  const copied: Buffer[] = []
  const keep = ({ chunk }: { chunk: Buffer }): void => void copied.push(chunk)
  // pg drops what COPY sends.
  const wire = client.connection as unknown as EventEmitter
  wire.on('copyData', keep)
  const told = await client.query(text).then(toldRows, toldError)
  wire.off('copyData', keep)
  return copied.length === 0 ? told : { ...told, bytes: `${told.bytes} ${Buffer.concat(copied).toString('latin1')}` }
}

async function kitOf(client: Client, database: string, key: SigningKey): Promise<Kit> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const own = { database, backendPid: rows[0]?.pid ?? 0, expiresAtMs: Date.now() + 10_000 }
  return {
    key,
    token: (claims = {}, binding = {}, signing = key) =>
      signContext(claimsOf('company_abc', claims), { ...own, ...binding }, signing),
  }
}
