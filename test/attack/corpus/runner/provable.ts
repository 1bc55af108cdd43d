import { loadModule, parseSync } from 'libpg-query'
import type { RouterEntry } from './router-doors.ts'
import type { Technique } from './technique.ts'

await loadModule()

// Behind the guard the pool takes one statement at a time, which must be one of these.
const kindsOfData = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])
const writes = /\b(insert|update|delete|merge|into|nextval|setval)\b/i

/**
 * The technique with those variants which nothing but the guard and its own mechanism keep out, so that it shows whether each holds.
 * Others are tried where they come to that mechanism directly: at the shared role's connection, or at the pool.
 */
export function provableBy(entry: RouterEntry, technique: Technique): Technique {
  const provable = Object.entries(technique.variants).filter(([, steps]) => {
    if (typeof steps === 'function') return false
    const texts = [steps].flat()
    // What is read row by row, and what is expected to read, has a transaction for reading.
    if (entry === 'stream' && texts.some((text) => writes.test(text))) return false
    return entry === 'ingest' || texts.every(isOneOfData)
  })
  return { ...technique, variants: Object.fromEntries(provable) }
}

function isOneOfData(text: string): boolean {
  const [first, ...more] = parseSync(text).stmts ?? []
  return more.length === 0 && kindsOfData.has(Object.keys(first?.stmt ?? {})[0] ?? '')
}
