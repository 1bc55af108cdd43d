import fastify from 'fastify'
import pg from 'pg'

/**
 * The service a team would write by hand: one shared role, a transaction for each request, the company set for it and taken on trust.
 * Settings come as JSON in the first argument; prints its port.
 */
interface Settings extends pg.PoolConfig {
  readonly max: number
}

interface Body {
  readonly company: string
  readonly sql: string
  readonly params: readonly string[]
}

const pool = new pg.Pool(JSON.parse(process.argv[2] ?? '{}') as Settings)
const app = fastify()

app.post<{ Body: Body }>('/query', async ({ body: { company, sql, params } }) => {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query(
      `SET LOCAL app.current_company_id = ${client.escapeLiteral(company)}; SET LOCAL search_path = ${client.escapeIdentifier(`tenant_${company}`)}, public`,
    )
    const { rows } = await client.query(sql, [...params])
    await client.query('COMMIT')
    client.release()
    return { rows }
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    client.release()
    throw error
  }
})

await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
process.stdout.write(`port ${typeof address === 'object' ? address?.port : ''}\n`)
process.once('SIGTERM', () => process.exit(0))
