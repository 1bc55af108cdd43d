import type pg from 'pg'
import type { TableResult } from '../../core/routing/cells.ts'
import type { ContextPool } from '../../engines/postgres/context/pool.ts'
import type { ContextClaims } from '../../engines/postgres/context/token.ts'
import { typeOf } from '../../engines/postgres/values/kinds.ts'
import type { Verb } from '../auth/identity.ts'
import type { RequestContext } from '../context/request-context.ts'
import type { PostgresGateway, SqlStatement } from './gateway.ts'

/** PostgreSQL by the pool of signed contexts. */
export function openPostgresGateway(pool: ContextPool): PostgresGateway {
  return {
    async run(context, statement, { verb }) {
      const { signal } = context
      const startedAt = performance.now()
      try {
        return tableOf(await pool.query(claimsOf(context, verb), asText(statement), { signal }))
      } finally {
        context.timing.engineMs += performance.now() - startedAt
      }
    },
    async batch(context, statements, { verb }) {
      const results = await pool.batch(claimsOf(context, verb), statements.map(asText), { signal: context.signal })
      return results.map(tableOf)
    },
    stream: async () => {
      throw new Error('not yet')
    },
  }
}

const asText = ({ text, values }: SqlStatement) => ({ text, values, rowMode: 'text', prepare: true }) as const

function claimsOf({ company, user, service }: RequestContext, mode: Verb): ContextClaims {
  return { company: company.company, user, service: service.name, limits: company.limits, mode }
}

function tableOf({ fields, rows, rowCount, command }: pg.QueryResult): TableResult {
  return {
    columns: fields.map(({ name, dataTypeID }) => {
      const { name: type, kind, list } = typeOf(dataTypeID)
      return { name, type, kind, list }
    }),
    // Rows in text mode are arrays of text.
    rows: rows as unknown as TableResult['rows'],
    rowCount: rowCount ?? rows.length,
    command,
  }
}
