import { DbsvcError } from '../../../core/errors/error.ts'
import { type Place, rows } from '../place.ts'
import { alterCommands } from '../sql/alter.ts'
import { type Head, type ObjectName, readHead } from '../sql/head.ts'
import { fillIn } from '../sql/placeholder.ts'
import { type SqlStatement, splitStatements } from '../sql/statement.ts'
import { isWord } from '../sql/token.ts'
import { isAltered } from './altered.ts'
import { isCreated } from './created.ts'
import type { DoubtTarget } from './step.ts'

/**
 * Whether a statement that was begun, and that nobody saw end, has been done: told from what is there now. One that does no harm a
 * second time counts as not done. @throws DBS-1107 for one of which nothing tells
 */
export async function isDone(
  place: Place,
  target: DoubtTarget,
  statement: SqlStatement,
  values: Readonly<Record<string, string>>,
): Promise<boolean> {
  const [filled = statement] = splitStatements(fillIn(statement, values))
  const head = readHead(filled.tokens)
  switch (head.verb) {
    case 'CREATE':
      return head.orReplace || head.conditional ? false : isCreated(place, target, filled, head)
    case 'DROP':
    case 'DETACH':
      return head.conditional ? false : !(await anyExists(place, target, head))
    case 'RENAME':
      return isRenamed(place, target, head)
    case 'ALTER':
      return head.kind === 'TABLE' && isAltered(place, target, head, alterCommands(filled, head.rest))
    case 'EXCHANGE':
      return refuse(place, filled, 'looks the same before and after')
    case 'INSERT':
      return isInserted(place, target, filled, head)
    default:
      return false
  }
}

async function anyExists(place: Place, target: DoubtTarget, head: Head): Promise<boolean> {
  const found = await Promise.all(head.names.map((name) => exists(place, target, head.kind, name)))
  return found.includes(true)
}

/** Of `RENAME a TO b, c TO d`, every second name is a new one. */
async function isRenamed(place: Place, target: DoubtTarget, { kind, names }: Head): Promise<boolean> {
  const found = await Promise.all(names.map((name) => exists(place, target, kind, name)))
  return found.every((is, index) => is === (index % 2 === 1))
}

async function exists(
  place: Place,
  target: DoubtTarget,
  kind: string,
  { database, name }: ObjectName,
): Promise<boolean> {
  const sql =
    kind === 'DATABASE'
      ? 'SELECT 1 AS found FROM system.databases WHERE name = {name:String}'
      : kind === 'FUNCTION'
        ? 'SELECT 1 AS found FROM system.functions WHERE name = {name:String}'
        : 'SELECT 1 AS found FROM system.tables WHERE database = {database:String} AND name = {name:String}'
  const found = await rows(place, sql, { parameters: { database: database ?? target.database, name } })
  return found.length > 0
}

/**
 * A table that remembers what was inserted takes the same statement a second time without doubling a row, and an empty one has
 * nothing to double.
 */
async function isInserted(
  place: Place,
  target: DoubtTarget,
  statement: SqlStatement,
  { names }: Head,
): Promise<boolean> {
  const [name] = names
  // INSERT INTO FUNCTION names no table.
  if (name === undefined || isWord(statement.tokens[2], 'FUNCTION')) {
    return refuse(place, statement, 'may have written its rows already')
  }
  const parameters = { database: name.database ?? target.database, name: name.name }
  const [table] = await rows<{ remembers: number; empty: number }>(
    place,
    `SELECT engine LIKE 'Replicated%' OR match(engine_full, 'non_replicated_deduplication_window = [1-9]') AS remembers,
            ifNull(total_rows, 1) = 0 AS empty
     FROM system.tables WHERE database = {database:String} AND name = {name:String}`,
    { parameters },
  )
  if (table === undefined || table.remembers === 1 || table.empty === 1) return false
  const where = `${parameters.database}.${parameters.name}`
  return refuse(place, statement, `may have written its rows into ${where} already, which does not remember inserts`)
}

function refuse({ session }: Place, { text }: SqlStatement, why: string): never {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text
  const reason = `a statement was cut off and ${why}: ${shown}; look whether it was done, undo that, and run it again`
  throw DbsvcError.of('DBS-1107', { engine: 'ClickHouse', place: session.place, reason })
}
