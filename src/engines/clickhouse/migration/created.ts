import type { Structure } from '../../../core/structure/object.ts'
import { type Place, rows, run } from '../place.ts'
import { applyEdits } from '../sql/edit.ts'
import type { Head, ObjectName } from '../sql/head.ts'
import { quoteName } from '../sql/quote.ts'
import type { SqlStatement } from '../sql/statement.ts'
import { isWord } from '../sql/token.ts'
import { inspectDatabase } from '../structure/inspect.ts'
import { normalise, significantTokens, textOf } from '../structure/normalise.ts'
import type { DoubtTarget } from './step.ts'

/**
 * Whether what a CREATE makes is there, and is what it makes. A thing of that name with another shape is not: running the statement
 * again then says so in ClickHouse's own words.
 */
export async function isCreated(
  place: Place,
  target: DoubtTarget,
  statement: SqlStatement,
  { kind, names }: Head,
): Promise<boolean> {
  const [name] = names
  if (name === undefined) return false
  const database = name.database ?? target.database
  const isQuery = statement.tokens.some((token) => isWord(token, 'SELECT'))
  if (kind === 'TABLE' && !isQuery) return looksAlike(place, target, statement, name, database)
  if (!kind.endsWith('VIEW')) return false
  const [view] = await rows<{ select: string }>(
    place,
    'SELECT as_select AS select FROM system.tables WHERE database = {database:String} AND name = {name:String}',
    { parameters: { database, name: name.name } },
  )
  return view !== undefined && (await readsAlike(place, target, view.select, statement, database))
}

/** Makes the table a second time under another name in the same database, and compares the two. */
async function looksAlike(
  place: Place,
  target: DoubtTarget,
  statement: SqlStatement,
  name: ObjectName,
  database: string,
): Promise<boolean> {
  const found = tableIn(await inspectDatabase(place, database), name.name)
  if (found.length === 0) return false
  const scratch = `dbsvc_doubt_${name.name}`
  const scratchName = `${quoteName(database)}.${quoteName(scratch)}`
  const [first, last] = [name.tokens[0], name.tokens.at(-1)]
  if (first === undefined || last === undefined) return false
  const edit = { start: first.start, end: last.end, text: scratchName }
  // Cut off in here, it is in doubt again the next time, and the scratch table goes then.
  await run(place, `DROP TABLE IF EXISTS ${scratchName} SYNC`)
  await run(place, applyEdits(statement.text, [edit], statement.start), { database: target.database })
  try {
    const wanted = tableIn(await inspectDatabase(place, database), scratch)
    return JSON.stringify(wanted) === JSON.stringify(found)
  } finally {
    await run(place, `DROP TABLE IF EXISTS ${scratchName} SYNC`)
  }
}

/** Without dbsvc's own constraint, which the shared tables get after they were made. */
function tableIn(structure: Structure, table: string): string[] {
  return structure
    .filter(({ on, name, kind }) => on === table || (on === '' && name === table && kind === 'table'))
    .filter(({ kind, name }) => !(kind === 'constraint' && name.startsWith('dbsvc_')))
    .map(({ kind, on, name, definition }) => [kind, on === '' ? '' : name, definition].join('\0'))
    .toSorted()
}

/** ClickHouse keeps a view's query formatted and with every table's database. */
async function readsAlike(
  place: Place,
  target: DoubtTarget,
  kept: string,
  statement: SqlStatement,
  database: string,
): Promise<boolean> {
  const query = statement.tokens.findIndex(
    (token, index) => isWord(token, 'SELECT', 'WITH') && isWord(statement.tokens[index - 1], 'AS'),
  )
  const from = statement.tokens[query]
  if (from === undefined) return false
  const own = statement.text.slice(from.start - statement.start)
  const [formatted] = await rows<{ text: string }>(place, 'SELECT formatQuerySingleLine({own:String}) AS text', {
    parameters: { own },
    database: target.database,
  })
  const plain = (sql: string): string => textOf(normalise(significantTokens(sql), database, ''))
  return plain(kept) === plain(formatted?.text ?? '')
}
