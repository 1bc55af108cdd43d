import type pg from 'pg'
import { backendKeyOf, type CancelTarget } from '../cancel.ts'
import { ContextConnection } from './connection.ts'

/**
 * Settings every session starts with. They are given explicitly because what a client asks for at startup beats ALTER ROLE and
 * ALTER DATABASE: those that change what a statement means or how its values are written are the same for all companies,
 * whatever was set for the role. search_path finds nothing of anyone before dbsvc.enter has set it.
 */
export const startupOptions: string = Object.entries({
  search_path: 'pg_catalog',
  row_security: 'on',
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  transform_null_equals: 'off',
  array_nulls: 'on',
  datestyle: 'ISO,MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  xmloption: 'content',
  client_min_messages: 'warning',
  default_transaction_isolation: 'read\\ committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  default_tablespace: '',
  // Holds until dbsvc.enter sets the tier's.
  statement_timeout: '10s',
  lock_timeout: '2s',
})
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ')

/** Makes a new session ready: measures its clock, in half a round trip's precision, and learns its backend's pid. */
export async function shakeHands(
  client: pg.Client,
  target: Pick<CancelTarget, 'host' | 'port' | 'ssl'>,
): Promise<ContextConnection> {
  const sentAt = performance.now()
  const { rows } = await client.query<{ now_ms: string; pid: number }>(
    `select extract(epoch from clock_timestamp()) * 1000 as now_ms, pg_backend_pid() as pid`,
  )
  const receivedAt = performance.now()
  const key = backendKeyOf(client)
  return new ContextConnection(client, {
    backendPid: rows[0]?.pid ?? key.processId,
    clockOffsetMs: Number(rows[0]?.now_ms) - (sentAt + receivedAt) / 2,
    cancelTarget: { ...target, ...key },
  })
}
