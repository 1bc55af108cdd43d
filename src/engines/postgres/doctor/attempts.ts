import pg from 'pg'
import { placeOf } from '../../../core/company/id.ts'
import type { Statement } from '../context/statement.ts'
import { probeTable } from './probe.ts'

/** One way to get at another company's rows. */
export interface Attempt {
  /** Completes “one company could … of another”. */
  readonly name: string
  readonly statement: Statement
}

const tableOf = (victim: string): string => `${pg.escapeIdentifier(placeOf(victim))}.${probeTable}`
export const readRowsOf = (victim: string): string => `select note from ${tableOf(victim)}`

/** Tried by a company through the pool, under a context of its own. */
export function attemptsAt(victim: string): Attempt[] {
  const table = tableOf(victim)
  const read = readRowsOf(victim)
  const attempt = (name: string, text: string, values: readonly unknown[] = []): Attempt => ({
    name,
    statement: { text, values },
  })
  return [
    attempt('read rows', read),
    attempt('count rows', `select from ${table}`),
    attempt('change rows', `update ${table} set note = 'changed' returning note`),
    attempt('delete rows', `delete from ${table} returning note`),
    attempt('add a row', `insert into ${table} values (2, 'added')`),
    attempt(
      'guess a key',
      `insert into ${table} values (1, 'guessed') on conflict (id) do update set note = 'guessed' returning note`,
    ),
    attempt('empty a table', `truncate ${table}`),
    attempt(
      'read rows by setting app.current_company_id',
      `with setting as materialized (select set_config('app.current_company_id', $1, true)) ${read}, setting`,
      [victim],
    ),
    attempt('read rows out of a string', `select query_to_xml($1, true, false, '')::text as note`, [read]),
    attempt('take another role', 'set role dbsvc_owner'),
    attempt('switch row security off', 'set row_security = off'),
    attempt('read rows after all that', read),
  ]
}

/** Tried on a plain connection of the shared role, in one session. */
export function attemptsWithoutContext(victim: string): Attempt[] {
  const read = readRowsOf(victim)
  return [
    { name: 'read rows without any context', statement: { text: read } },
    { name: 'set', statement: { text: `set app.current_company_id = ${pg.escapeLiteral(victim)}` } },
    { name: 'read rows by SET alone', statement: { text: read } },
    { name: 'take the role of the owner', statement: { text: 'set role dbsvc_owner' } },
    { name: 'read rows as the owner', statement: { text: read } },
  ]
}
