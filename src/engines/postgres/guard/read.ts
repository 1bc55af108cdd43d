import { hasSqlDetails, loadModule, type Node, parseSync } from 'libpg-query'
import { DbsvcError } from '../../../core/errors/error.ts'
import { beyondBounds } from './bounds.ts'
import { statementKinds, wordOf } from './kinds.ts'

await loadModule()

/** In characters: the parser quotes what it stumbles over, however long. */
const longestReason = 200

/** The statement that a text consists of. @throws DBS-2201 malformed, DBS-2202 not one that reads or writes rows */
export function readStatement(text: string): Node {
  const [statement, second] = statementsOf(text)
  if (statement === undefined) throw refused('it is empty')
  if (second !== undefined) throw refused('it is more than one statement')
  const [kind = ''] = Object.keys(statement)
  if (!statementKinds.has(kind)) throw refused(`${wordOf(kind)} is not allowed`)
  return statement
}

export const refused = (reason: string): DbsvcError => DbsvcError.of('DBS-2202', { reason })

function statementsOf(text: string): Node[] {
  // The parser reads a C string: what stands behind a NUL is something else to it than to the server.
  const nul = text.indexOf('\0')
  if (nul >= 0) throw DbsvcError.of('DBS-2201', { reason: 'there is a NUL character', position: nul + 1 })
  // Each encoder of UTF-8 makes something of its own of half a surrogate pair.
  if (!text.isWellFormed())
    throw DbsvcError.of('DBS-2201', { reason: 'it is no valid Unicode', position: halfPairIn(text) })
  if (text.trim() === '') return []
  try {
    const tooMuch = beyondBounds(text)
    if (tooMuch !== null) throw refused(tooMuch)
    return (parseSync(text).stmts ?? []).flatMap(({ stmt }) => stmt ?? [])
  } catch (error) {
    if (error instanceof DbsvcError) throw error
    if (error instanceof RangeError) throw refused('it is nested too deep')
    if (!hasSqlDetails(error)) throw DbsvcError.of('DBS-2201', { reason: 'it cannot be read', position: 1 }, error)
    // Counted in characters, from 0.
    throw DbsvcError.of(
      'DBS-2201',
      { reason: error.message.slice(0, longestReason), position: (error.sqlDetails?.cursorPosition ?? 0) + 1 },
      error,
    )
  }
}

/** The character, from 1, that is half of a surrogate pair. */
const halfPairIn = (text: string): number => [...text].findIndex((character) => !character.isWellFormed()) + 1
