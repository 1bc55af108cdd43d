import { setTimeout as delay } from 'node:timers/promises'
import type { Structure } from '../../../core/structure/object.ts'
import { type Place, rows } from '../place.ts'
import type { AlterCommand } from '../sql/alter.ts'
import type { Head } from '../sql/head.ts'
import { isWord, type Token } from '../sql/token.ts'
import { inspectDatabase } from '../structure/inspect.ts'
import { significantTokens, textOf } from '../structure/normalise.ts'
import type { DoubtTarget } from './step.ts'

/**
 * Whether an ALTER TABLE has been done. Its commands on columns, indices, constraints and projections are done together or not at
 * all; a mutation leaves its own record; everything else may be done twice.
 */
export async function isAltered(
  place: Place,
  target: DoubtTarget,
  { names }: Head,
  commands: readonly AlterCommand[],
): Promise<boolean> {
  const [table] = names
  if (table === undefined) return false
  const database = table.database ?? target.database
  const mutation = commands.find(({ action }) => action === 'UPDATE')
  if (mutation !== undefined) return isMutated(place, database, table.name, mutation)
  const telling = commands.filter(({ conditional }) => !conditional).filter(tells)
  if (telling.length === 0) return false
  const structure = (await inspectDatabase(place, database)).filter(({ on }) => on === table.name)
  const done = await Promise.all(telling.map((command) => isIn(place, structure, command)))
  return done.every(Boolean)
}

const tells = ({ action, object }: AlterCommand): boolean => object !== '' && ['ADD', 'DROP', 'RENAME'].includes(action)

async function isIn(place: Place, structure: Structure, command: AlterCommand): Promise<boolean> {
  const kind = { COLUMN: 'column', INDEX: 'index', PROJECTION: 'index' }[command.object] ?? 'constraint'
  const find = (name: string) => structure.find((object) => object.kind === kind && object.name === name)
  if (command.action === 'DROP') return find(command.name) === undefined
  if (command.action === 'RENAME') return find(command.name) === undefined && find(command.newName) !== undefined
  const found = find(command.name)
  if (found === undefined || command.object !== 'COLUMN') return found !== undefined
  const type = await typeOf(place, command.definition)
  return type === null || textOf(typeTokens(significantTokens(found.definition))) === type
}

/** As ClickHouse writes it; null for a column that has none of its own. */
async function typeOf(place: Place, definition: readonly Token[]): Promise<string | null> {
  const written = textOf(typeTokens(definition))
  if (written === '') return null
  const [found] = await rows<{ type: string }>(
    place,
    'SELECT toTypeName(defaultValueOfTypeName({written:String})) AS type',
    {
      parameters: { written },
    },
  )
  return textOf(significantTokens(found?.type ?? ''))
}

const afterType = ['DEFAULT', 'MATERIALIZED', 'ALIAS', 'EPHEMERAL', 'CODEC', 'TTL', 'COMMENT', 'STATISTICS', 'SETTINGS']

function typeTokens(definition: readonly Token[]): readonly Token[] {
  const end = definition.findIndex((token) => isWord(token, ...afterType, 'FIRST', 'AFTER'))
  return end === -1 ? definition : definition.slice(0, end)
}

/** A mutation that was accepted goes on by itself, also when the server was killed. */
async function isMutated(place: Place, database: string, table: string, command: AlterCommand): Promise<boolean> {
  const { start = 0 } = command.tokens[0] ?? {}
  const text = command.tokens.map((token, index) => blankBefore(command.tokens, index, start) + token.text).join('')
  const parameters = { database, table, statement: `ALTER TABLE t ${text}` }
  for (;;) {
    const found = await rows<{ done: number }>(
      place,
      `SELECT is_done AS done FROM system.mutations WHERE database = {database:String} AND table = {table:String}
       AND NOT is_killed AND replaceRegexpAll(command, '[ ()]', '')
         = replaceRegexpAll(replaceOne(formatQuerySingleLine({statement:String}), 'ALTER TABLE t', ''), '[ ()]', '')`,
      { parameters },
    )
    if (found.length === 0) return false
    if (found.every(({ done }) => done === 1)) return true
    await delay(200)
  }
}

const blankBefore = (tokens: readonly Token[], index: number, start: number): string =>
  (tokens[index - 1]?.end ?? start) < (tokens[index]?.start ?? start) ? ' ' : ''
