import { DbsvcError } from '../../../core/errors/error.ts'
import { type AqlToken, tokenise } from './lexer.ts'

const writing = new Set(['INSERT', 'UPDATE', 'REPLACE', 'REMOVE', 'UPSERT'])

// They run what others have written, wait, tell of the server, or end the query as if it were a fault.
const refusedFunctions = new Set(
  `APPLY CALL V8 SLEEP FAIL ASSERT WARN NOEVAL NOOPT PASSTHRU COLLECTIONS CURRENT_USER CURRENT_DATABASE VERSION PREGEL_RESULT
   SHARD_ID SCHEMA_GET SCHEMA_VALIDATE CONFIG_GET INTERNAL MAKE_DISTRIBUTE_INPUT`.split(/\s+/),
)

// Attributes that every document has; any other name with an underscore may be a collection of the system.
const documentAttributes = new Set(['_key', '_id', '_rev', '_from', '_to'])

const longestText = 262_144
const collectionName = /^[A-Za-z][\w-]{0,255}$/

/**
 * Lets a query through that does nothing but read, or write where that is allowed, collections of the database that it is sent to. Which
 * database that is, the company's user decides: it reaches its own alone. This keeps it from the system's collections there, such as
 * `_aqlfunctions`, whose documents the server would run.
 * @throws DBS-2404, DBS-2203 it writes where only reading is allowed
 */
export function guardAql(text: string, bindVars: Readonly<Record<string, unknown>>, allowed: 'read' | 'write'): void {
  if (text.length > longestText) throw refusal(`it has more than ${longestText} characters`)
  const tokens = tokenise(text)
  for (const [at, token] of tokens.entries()) checkToken(token, tokens[at - 1], tokens[at + 1])
  if (allowed === 'read' && writesIn(tokens)) throw DbsvcError.of('DBS-2203', { reason: 'the query changes documents' })
  for (const [name, value] of Object.entries(bindVars)) {
    if (!name.startsWith('@')) continue
    if (typeof value === 'string' && collectionName.test(value)) continue
    throw refusal(`${name} binds no collection of the company`)
  }
}

/** Whether a query may change documents. */
export const isWriting = (text: string): boolean => writesIn(tokenise(text))

const writesIn = (tokens: readonly AqlToken[]): boolean =>
  tokens.some(({ kind, text }) => kind === 'name' && writing.has(text.toUpperCase()))

function checkToken(token: AqlToken, before: AqlToken | undefined, after: AqlToken | undefined): void {
  if (token.kind === 'unknown') throw refusal('a character begins nothing, or a string or a comment is not closed')
  if (token.text === '::') throw refusal('functions that users define are not for companies')
  if (token.kind === 'quoted' && token.text.includes('\\')) throw refusal('a quoted name has an escape in it')
  if (token.kind !== 'name' && token.kind !== 'quoted') return
  const name = token.kind === 'quoted' ? token.text.slice(1, -1) : token.text
  if (after?.text === '(' && refusedFunctions.has(name.toUpperCase()))
    throw refusal(`the function ${name} is not for companies`)
  // Behind a dot it is an attribute, and in an object before a colon; a choice with ? has a colon too.
  const isAttribute = before?.text === '.' || (/^[{,]$/.test(before?.text ?? '') && after?.text === ':')
  if (name.startsWith('_') && !isAttribute && !documentAttributes.has(name))
    throw refusal(`the collection ${name} is not for companies`)
}

const refusal = (reason: string): DbsvcError => DbsvcError.of('DBS-2404', { engine: 'ArangoDB', reason })
