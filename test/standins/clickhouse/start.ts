import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type ChdbConnection, createChdbConnection } from 'chdb/connection'
import { readAll } from '../../../src/embedded/clickhouse/body.ts'
import { execute } from '../../../src/embedded/clickhouse/execute.ts'
import { type Refusal, refusalOf, wrongPassword } from '../../../src/embedded/clickhouse/refusal.ts'
import { type HttpQuery, readQuery } from '../../../src/embedded/clickhouse/request.ts'
import { Access } from './access.ts'
import { readFromModel } from './system-tables.ts'

/** A statement that the stand-in was sent. */
export interface Recorded {
  readonly user: string
  readonly database: string
  readonly sql: string
  readonly settings: Readonly<Record<string, string>>
}

export interface RunningStandIn {
  /** With user and password. */
  readonly url: string
  readonly access: Access
  /** In the order they came. */
  readonly statements: readonly Recorded[]
  /** Set by a test: what it returns for a statement is the answer to it. */
  refuse: (statement: Recorded) => Refusal | undefined
  stop(): Promise<void>
}

const admin = { user: 'default', password: 'of the stand-in' }

/**
 * Answers in the place of a ClickHouse server with access control. ClickHouse's own parser, in chDB, has to accept every statement.
 * Those about users, profiles, quotas, policies and grants change a model of these, everything else is done by chDB itself, without
 * ON CLUSTER and as tables that are not replicated. No grant, quota or policy is enforced.
 */
export async function startClickhouseStandIn(): Promise<RunningStandIn> {
  const keeper = createChdbConnection({ path: ':memory:' })
  const files = await mkdtemp(join(tmpdir(), 'clickhouse-stand-in-'))
  const statements: Recorded[] = []
  const access = new Access()
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      const { status, code, message } = refusalOf(error)
      // As ClickHouse does with what comes late.
      if (response.headersSent) return void response.end(`${message}\n`)
      response.setHeader('X-ClickHouse-Exception-Code', String(code))
      response.writeHead(status).end(`${message}\n`)
    })
  })
  const standIn = {
    url: '',
    access,
    statements,
    refuse: (_: Recorded): Refusal | undefined => undefined,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await keeper.close()
      await rm(files, { recursive: true })
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('X-ClickHouse-Server-Display-Name', 'dbsvc stand-in')
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const query = readQuery(request, url, authenticate(request))
    const user = String(request.headers['x-clickhouse-user'] ?? basicUser(request))
    const sql = [query.text, (await readAll(query.body)).toString()].filter((part) => part !== '').join('\n')
    const recorded = { user, database: query.database, sql, settings: Object.fromEntries(query.settings) }
    statements.push(recorded)
    const connection = createChdbConnection({ path: ':memory:' })
    try {
      await parse(connection, query, sql)
      const refusal = standIn.refuse(recorded)
      if (refusal !== undefined) throw refusal
      const local = withFilesIn(files, withoutCluster(sql))
      if (!access.apply(local)) await send(response, connection, { ...query, text: readFromModel(local, access) })
      response.end()
    } finally {
      await connection.close()
    }
  }

  function authenticate(request: IncomingMessage): { user: string; password: string } {
    const user = String(request.headers['x-clickhouse-user'] ?? basicUser(request))
    if (user === admin.user) return admin
    const known = access.users.get(user)
    const password = String(request.headers['x-clickhouse-key'] ?? basicPassword(request))
    const hash = createHash('sha256').update(password).digest('hex')
    if (known === undefined || known.locked || known.hash !== hash) throw wrongPassword(user)
    return { user, password }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  standIn.url = `http://${admin.user}:${encodeURIComponent(admin.password)}@127.0.0.1:${port}`
  return standIn
}

/** @throws Refusal as ClickHouse would for a statement that is none */
async function parse(connection: ChdbConnection, query: HttpQuery, sql: string): Promise<void> {
  for (const [name, value] of query.parameters) {
    await connection.command({ query: `SET param_${name} = '${value.replaceAll(/[\\']/g, '\\$&')}'` })
  }
  // The data of an INSERT are no part of the statement.
  const statement = sql.replace(/^(INSERT INTO [^;]*?VALUES)[\s\S]*$/i, '$1 (1)')
  await connection.command({ query: `EXPLAIN AST ${statement}` })
}

async function send(response: ServerResponse, connection: ChdbConnection, query: HttpQuery): Promise<void> {
  const settings = new Map([...query.settings].filter(([name]) => !name.startsWith('distributed_ddl_')))
  for await (const chunk of execute(connection, { ...query, settings, body: Readable.from([]) })) response.write(chunk)
}

const withoutCluster = (sql: string): string =>
  sql.replaceAll(/ ON CLUSTER `[^`]+`/g, '').replaceAll(/\bReplicated(\w*MergeTree)\b/g, '$1')

// A server has a folder for them; chDB takes the one that its process runs in, which is the tests' own.
const withFilesIn = (folder: string, sql: string): string =>
  sql.replaceAll(/(?<=INTO FUNCTION file\(')(?=[^/])/g, `${folder}/`)

const basic = ({ headers }: IncomingMessage): string[] =>
  Buffer.from(/^Basic (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '', 'base64')
    .toString()
    .split(':')
const basicUser = (request: IncomingMessage): string => basic(request)[0] || 'default'
const basicPassword = (request: IncomingMessage): string => basic(request).slice(1).join(':')
