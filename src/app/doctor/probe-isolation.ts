import pg from 'pg'
import { reasonOf } from '../../core/errors/error.ts'
import { applicationName, connectAdmin, type PostgresConfig } from '../../engines/postgres/connection.ts'
import { openKeyRing } from '../../engines/postgres/context/open-key-ring.ts'
import type { ContextPool } from '../../engines/postgres/context/pool.ts'
import type { ContextClaims, TokenBinding } from '../../engines/postgres/context/token.ts'
import { type Attempt, attemptsAt, attemptsWithoutContext, readRowsOf } from '../../engines/postgres/doctor/attempts.ts'
import { falseContexts } from '../../engines/postgres/doctor/false-contexts.ts'
import { probeTable } from '../../engines/postgres/doctor/probe.ts'
import { readPassword, sharedLogin } from '../../engines/postgres/logins.ts'
import { clusterName } from '../../engines/postgres/migration/render.ts'
import type { Session } from '../session.ts'

export interface Probes {
  readonly intruder: string
  readonly victim: string
}

export interface Holes {
  /** Ways in which the intruder got at the victim's rows. */
  readonly holes: readonly string[]
  /** Honest use that did not work. */
  readonly refusals: readonly string[]
}

const secret = 'what only its company may read'
const limits = { statementTimeoutMs: 2_000, lockTimeoutMs: 1_000, workMemKb: 4_096, parallelWorkers: 0 }

const claims = (company: string, mode: ContextClaims['mode']): ContextClaims => ({
  company,
  user: null,
  service: 'dbsvc doctor',
  limits,
  mode,
})

/** Has the victim write a row, and the intruder try for it in every way there is; what each may do is tried beside it. */
export async function findHoles(
  session: Session,
  pool: Pick<ContextPool, 'query'>,
  { intruder, victim }: Probes,
): Promise<Holes> {
  const refusals = [...(await write(pool, victim)), ...(await write(pool, intruder))]
  const holes: string[] = []
  for (const attempt of attemptsAt(victim)) {
    if (await succeeds(attempt, ({ statement }) => pool.query(claims(intruder, 'write'), statement)))
      holes.push(attempt.name)
  }
  holes.push(...(await tryWithoutContext(session, victim)))
  for (const company of [victim, intruder]) refusals.push(...(await read(pool, company)))
  return { holes, refusals }
}

interface Outcome {
  readonly rowCount: number | null
}

/** Whether it returned or changed a row: the victim's table has one, and the attempts ask nothing else that has rows. */
async function succeeds(attempt: Attempt, run: (attempt: Attempt) => Promise<Outcome>): Promise<boolean> {
  return run(attempt).then(
    ({ rowCount }) => (rowCount ?? 0) > 0,
    () => false,
  )
}

async function tryWithoutContext({ loaded, project }: Session, victim: string): Promise<string[]> {
  const { postgres } = loaded.config
  const password = await readPassword(project.secretStore, sharedLogin, postgres)
  const client = await connectAdmin(
    { ...postgres, user: sharedLogin.role, password: password ?? '' },
    applicationName('doctor'),
  )
  const holes: string[] = []
  try {
    for (const attempt of attemptsWithoutContext(victim)) {
      if (await succeeds(attempt, ({ statement }) => client.query(statement.text))) holes.push(attempt.name)
    }
    await client.query('reset role; reset app.current_company_id')
    const key = (await openKeyRing(project.secretStore, clusterName)).current()
    for (const { name, token } of falseContexts(claims(victim, 'write'), await bindingOf(client, postgres), key)) {
      if (await enters(client, token, victim)) holes.push(name)
    }
  } finally {
    await client.end()
  }
  return holes
}

async function write(pool: Pick<ContextPool, 'query'>, company: string): Promise<string[]> {
  // A probe that is used again has its row already.
  const text = `insert into ${probeTable} values (1, $1) on conflict (id) do update set note = excluded.note`
  return pool.query(claims(company, 'write'), { text, values: [secret] }).then(
    () => [],
    (error: unknown) => [`a company could not write a row of its own: ${reasonOf(error)}`],
  )
}

async function read(pool: Pick<ContextPool, 'query'>, company: string): Promise<string[]> {
  const text = `select id, note from ${probeTable}`
  return pool.query<{ id: number; note: string }>(claims(company, 'read'), { text }).then(
    ({ rows: [row, ...others] }) =>
      row?.id === 1 && row.note === secret && others.length === 0
        ? []
        : ['a company does not find the row that it wrote'],
    (error: unknown) => [`a company could not read its own row: ${reasonOf(error)}`],
  )
}

/** What ties a right context to this session for a minute. */
async function bindingOf(client: pg.Client, { database }: PostgresConfig): Promise<TokenBinding> {
  const { rows } = await client.query<{ backendPid: number; nowMs: number }>(
    `select pg_backend_pid() as "backendPid", extract(epoch from now())::float8 * 1000 as "nowMs"`,
  )
  const [found] = rows
  if (found === undefined) throw new Error('a select without from gave no row')
  return { database, backendPid: found.backendPid, expiresAtMs: Math.ceil(found.nowMs) + 60_000 }
}

/** Whether that context is let in and shows the victim's row. */
async function enters(client: pg.Client, token: string, victim: string): Promise<boolean> {
  await client.query('begin')
  try {
    await client.query('select dbsvc.enter($1)', [token])
    return ((await client.query(readRowsOf(victim))).rowCount ?? 0) > 0
  } catch (error) {
    if (error instanceof pg.DatabaseError) return false
    throw error
  } finally {
    await client.query('rollback')
  }
}
