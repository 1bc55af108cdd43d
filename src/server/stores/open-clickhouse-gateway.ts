import { hash } from 'node:crypto'
import type { Config } from '../../config/schema.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { Cell } from '../../core/routing/cells.ts'
import { hasAccessControl, openSession } from '../../engines/clickhouse/connect.ts'
import type { Session, StatementOptions } from '../../engines/clickhouse/connection/session.ts'
import { failureOf } from '../../engines/clickhouse/failure.ts'
import { databaseOf } from '../../engines/clickhouse/names.ts'
import { explainRead } from '../../engines/clickhouse/query/explain.ts'
import { type GuardTerms, guardStatement, isReaching } from '../../engines/clickhouse/query/guard.ts'
import { parametersOf } from '../../engines/clickhouse/query/parameters.ts'
import { readTable } from '../../engines/clickhouse/query/read.ts'
import { streamTable } from '../../engines/clickhouse/query/stream.ts'
import { insertHead, insertRows, linesOf } from '../../engines/clickhouse/query/write.ts'
import type { WireValue } from '../../engines/postgres/context/wire.ts'
import type { RequestContext } from '../context/request-context.ts'
import type { Explainer } from '../operations/explainer.ts'
import { idempotencyOf } from '../operations/idempotency.ts'
import type { IngestTarget } from '../operations/ingest.ts'
import type { SqlEngine } from '../operations/sql-engine.ts'
import type { RunOptions, SqlStatement } from '../postgres/gateway.ts'
import { timed } from '../timed.ts'
import type { Tracer } from '../trace/tracer.ts'
import { asOnePage } from './one-page.ts'

export interface ClickhouseGateway extends SqlEngine, Explainer, IngestTarget {
  close(): Promise<void>
}

interface Opened {
  readonly session: Session
  readonly terms: GuardTerms
}

/** Asks as each company's own user, with its database as the current one; chDB has no users. Connects at the first request. */
export function openClickhouseGateway(
  config: Config,
  passwordOf: (company: string) => Promise<string>,
  traceHeaders: Tracer['headers'],
): ClickhouseGateway {
  let opened: Promise<Opened> | undefined
  const open = (): Promise<Opened> => {
    opened ??= openForReading(config).catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }

  /** How a statement is sent, and what becomes of what it fails with. */
  const prepare = async (
    { company: { company, limits }, signal }: RequestContext,
    { text, values }: SqlStatement,
    { timeoutMs }: RunOptions,
  ) => {
    const { session, terms } = await open()
    const limitMs = Math.min(timeoutMs ?? limits.statementTimeoutMs, limits.statementTimeoutMs)
    const deadline = AbortSignal.timeout(limitMs)
    const sent: StatementOptions = {
      database: databaseOf(company),
      headers: traceHeaders(),
      parameters: parametersOf(text, values.map(cellOf)),
      signal: AbortSignal.any([signal, deadline]),
      ...(terms.hasAccessControl
        ? {
            as: { user: databaseOf(company), password: await passwordOf(company) },
            settings: { cancel_http_readonly_queries_on_client_close: 1 },
          }
        : { settings: { max_execution_time: Math.ceil(limitMs / 1_000) } }),
    }
    const fail = (error: unknown): never => {
      if (deadline.aborted) throw DbsvcError.of('DBS-2405', { engine: 'ClickHouse', limitMs }, error)
      throw refusalOf(error, session.place, company)
    }
    return { session, sent, fail }
  }

  const ask = async <Result>(
    context: RequestContext,
    statement: SqlStatement,
    options: RunOptions,
    read: (session: Session, options: StatementOptions) => Promise<Result>,
  ): Promise<Result> => {
    const { session, sent, fail } = await prepare(context, statement, options)
    return timed(context, () => read(session, sent)).catch(fail)
  }

  return {
    keepsKeys: false,
    async judge(text, allowed, { company }) {
      const { terms } = await open()
      const verb = guardStatement(text, company, terms, allowed)
      return { verb, reads: [], writes: [], cacheable: false }
    },
    async run(context, statement, options) {
      const { terms } = await open()
      const verb = guardStatement(statement.text, context.company.company, terms, options.verb)
      const token = tokenOf(context, options)
      return ask(context, statement, options, (session, sent) =>
        verb === 'read' ? readTable(session, statement.text, sent) : insertRows(session, statement.text, token, sent),
      )
    },
    async stream(context, statement, options) {
      const { terms } = await open()
      guardStatement(statement.text, context.company.company, terms, 'read')
      const { session, sent, fail } = await prepare(context, statement, options)
      if (!session.bindsStreams && statement.values.length > 0) {
        return asOnePage(await timed(context, () => readTable(session, statement.text, sent)).catch(fail))
      }
      const { columns, pages } = await timed(context, () => streamTable(session, statement.text, sent)).catch(fail)
      return {
        columns,
        pages: {
          next: () => timed(context, () => pages.next()).catch(fail),
          return: async () => void (await pages.return()),
        },
      }
    },
    async explain(context, statement, options) {
      const { terms } = await open()
      guardStatement(statement.text, context.company.company, terms, 'read')
      return ask(context, statement, options, (session, sent) => explainRead(session, statement.text, sent))
    },
    async ingest(context, way, { table }, { columns, batches }) {
      const text = insertHead(table, columns)
      const { terms } = await open()
      guardStatement(`${text} select 1`, context.company.company, terms, 'write')
      const idempotency = idempotencyOf(context, ['ingest', table, columns])
      const options = { verb: 'write', way, ...(idempotency === null ? {} : { idempotency }) } as const
      const token = tokenOf(context, options)
      let [inserted, number] = [0, 0]
      // There are no transactions: each batch is there when it is written, and by the same key it is not written again.
      for await (const rows of batches) {
        const piece = token === null ? null : `${token}:${number++}`
        await ask(context, { text, values: [] }, options, (session, sent) =>
          insertRows(session, `${text} format JSONCompactEachRow\n${linesOf(rows)}`, piece, sent),
        )
        inserted += rows.length
      }
      return { inserted, skipped: 0, replayed: false }
    },
    async close() {
      const closing = opened
      opened = undefined
      await (await closing?.catch(() => undefined))?.session.close()
    },
  }
}

/** Tells an INSERT from those of every other caller; null without an idempotency key. */
function tokenOf({ company, service, user }: RequestContext, { idempotency }: RunOptions): string | null {
  if (idempotency === undefined) return null
  return hash('sha256', JSON.stringify([company.company, service.name, user, idempotency.key]), 'base64url')
}

// Bytes are a string to ClickHouse.
const cellOf = (value: WireValue): Cell => (value === null ? null : value.toString())

async function openForReading(config: Config): Promise<Opened> {
  const session = await openSession(config, 'dbsvc serve')
  try {
    const namesIn = async (table: string): Promise<string[]> =>
      (await session.rows<{ name: string }>(`select lower(name) as name from system.${table}`)).map(({ name }) => name)
    const tableFunctions = new Set(await namesIn('table_functions'))
    const reachingFunctions = new Set((await namesIn('functions')).filter(isReaching))
    return { session, terms: { tableFunctions, reachingFunctions, hasAccessControl: hasAccessControl(session) } }
  } catch (error) {
    await session.close()
    throw failureOf(error, session)
  }
}

/** What the server says to the statement; its guesses at what was meant would name other companies' tables. */
function refusalOf(error: unknown, place: string, company: string): DbsvcError {
  const failure = failureOf(error, { place, user: databaseOf(company) })
  if (failure.code !== 'DBS-1107') return failure
  const reason = String(error instanceof Error ? error.message : error)
    .replace(/[.,]?\s*Maybe you meant[\s\S]*/i, '')
    .slice(0, 1_000)
  return DbsvcError.of('DBS-2404', { engine: 'ClickHouse', reason })
}
