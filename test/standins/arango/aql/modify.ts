import { z } from 'zod'
import type { Collection } from '../collection.ts'
import { keyOf } from '../document-input.ts'
import { insert, type Outcome, remove, replace, update, type WriteOptions } from '../documents.ts'
import { ArangoError, fail } from '../errors.ts'
import { isObject, type Json } from '../json.ts'
import { evaluate, evaluateOptions } from './evaluate.ts'
import type { Execution } from './execution.ts'
import type { Scope } from './scope.ts'
import type { Expression, ModifyClause, UpsertClause } from './tree.ts'
import { isEqual } from './values.ts'

const optionsShape = z.object({
  ignoreErrors: z.boolean().default(false),
  overwrite: z.boolean().default(false),
  overwriteMode: z.enum(['ignore', 'replace', 'update', 'conflict']).optional(),
  keepNull: z.boolean().optional(),
  mergeObjects: z.boolean().optional(),
  ignoreRevs: z.boolean().optional(),
  versionAttribute: z.string().optional(),
})

/** Writes for every row before the first one is handed on, as OLD and NEW of the rows that were written. */
export function modify(clause: ModifyClause, rows: Iterable<Scope>, execution: Execution): Scope[] {
  const { session } = execution
  const collection = session.write(clause.collection)
  return writeAll(rows, clause.options, execution, (row, options) => {
    const document = evaluate(clause.document, row, execution)
    const change = clause.change === null ? document : evaluate(clause.change, row, execution)
    const revision = revisionOf(document, options)
    switch (clause.operation) {
      case 'INSERT':
        return insert(session, collection, document, options)
      case 'UPDATE':
        return update(session, collection, keyOf(document), change, { ...options, ...revision })
      case 'REPLACE':
        return replace(session, collection, keyOf(document), change, { ...options, ...revision })
      case 'REMOVE':
        return remove(session, collection, keyOf(document), {}, { ...options, ...revision })
    }
  })
}

export function upsert(clause: UpsertClause, rows: Iterable<Scope>, execution: Execution): Scope[] {
  const { session } = execution
  const collection = session.write(clause.collection)
  const write = clause.operation === 'UPDATE' ? update : replace
  return writeAll(rows, clause.options, execution, (row, options) => {
    const found = search(collection, evaluate(clause.search, row, execution))
    if (found === null) return insert(session, collection, evaluate(clause.insert, row, execution), options)
    const change = evaluate(clause.change, row.with('OLD', found), execution)
    return write(session, collection, keyOf(found), change, options)
  })
}

function writeAll(
  rows: Iterable<Scope>,
  optionsOf: Expression | null,
  execution: Execution,
  write: (row: Scope, options: WriteOptions) => Outcome,
): Scope[] {
  return [...rows].flatMap((row) => {
    execution.tick()
    const { ignoreErrors, overwrite, overwriteMode, ...options } = parseOptions(
      evaluateOptions(optionsOf, row, execution),
    )
    try {
      const mode = overwriteMode ?? (overwrite ? 'replace' : undefined)
      const { before, after } = execution.session.atomically(() => write(row, { ...options, overwriteMode: mode }))
      execution.statistics.writesExecuted += 1
      return [row.with('OLD', before).with('NEW', after)]
    } catch (error) {
      if (!ignoreErrors || !(error instanceof ArangoError)) throw error
      execution.statistics.writesIgnored += 1
      return []
    }
  })
}

function parseOptions(options: Json): z.infer<typeof optionsShape> {
  const parsed = optionsShape.safeParse(options)
  return parsed.success ? parsed.data : fail(1575, `AQL: ${z.prettifyError(parsed.error)}`)
}

function revisionOf(document: Json, { ignoreRevs = true }: WriteOptions): WriteOptions {
  return !ignoreRevs && isObject(document) && typeof document._rev === 'string' ? { ifMatch: document._rev } : {}
}

function search(collection: Collection, example: Json): Json {
  if (!isObject(example)) fail(1501, 'AQL: syntax error, expecting an object literal for upsert example')
  const wanted = Object.entries(example)
  return (
    collection.all().find((document) => wanted.every(([name, value]) => isEqual(document[name] ?? null, value))) ?? null
  )
}
