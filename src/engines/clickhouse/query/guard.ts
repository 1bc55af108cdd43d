import { DbsvcError } from '../../../core/errors/error.ts'
import { companyPrefix, databaseOf, sharedDatabase } from '../names.ts'
import { splitStatements, UnclosedToken } from '../sql/statement.ts'
import { isName, isSign, isWord, nameIn, type Token } from '../sql/token.ts'

/** What the engine has and enforces. */
export interface GuardTerms {
  /** Its table functions, in small letters. */
  readonly tableFunctions: ReadonlySet<string>
  /** Those of its other functions that are not for companies, in small letters. */
  readonly reachingFunctions: ReadonlySet<string>
  /** Without it the shared tables show every company's rows. */
  readonly hasAccessControl: boolean
}

/** Whether a function of this name, in small letters, reads what is no table of the company, tells of it, or has an effect beyond it. */
export const isReaching = (name: string): boolean =>
  /^(?:dict|joinget|file$|catboost|naivebayes|regionto|getsetting|getserver|getmacro|getmaxtablename|hascolumnintable|showcertificate|generateserialid|logtrace)/.test(
    name,
  )

const foreignDatabases: ReadonlySet<string> = new Set([
  'system',
  'information_schema',
  'default',
  '_temporary_and_external_tables',
])

const never = ['SETTINGS', 'OUTFILE', 'INFILE', 'FORMAT'] as const

/**
 * Lets one reading statement, or an INSERT where writing is allowed, through that names nothing beyond the company's own database, and
 * the shared one. On a server the company's own user and its grants refuse the same and more; chDB has no users, so that there this is
 * all there is.
 * @returns which of the two it is
 * @throws DBS-2404, DBS-2203 an INSERT where only reading is allowed
 */
export function guardStatement(
  sql: string,
  company: string,
  terms: GuardTerms,
  allowed: 'read' | 'write',
): 'read' | 'write' {
  const tokens = onlyStatement(sql)
  const verb = verbOf(tokens, allowed)
  const keyword = verb === 'write' ? placeOfSource(tokens) : -1
  tokens.forEach((token, at) => {
    if (isWord(token, ...never)) throw refusal(`${token.text} is not taken here`)
    if (at > 0 && isWord(token, 'INSERT')) throw refusal('INSERT is not taken here')
    if (isPlaceholderOfName(tokens, at)) throw refusal('a parameter cannot stand for a name')
    // There is a table function of that name, too.
    if (!isName(token) || (at === keyword && isWord(token, 'VALUES'))) return
    // ClickHouse knows more escapes than its tokens tell, such as \x73 for s.
    if (token.kind === 'quoted' && token.text.includes('\\')) throw refusal('a quoted name has an escape in it')
    checkName(nameIn(token), tokens[at + 1], company, terms)
    if (at > keyword && !isSign(tokens[at - 1], '.')) checkReference(nameIn(token), tokens[at + 1], terms)
  })
  return verb
}

function verbOf(tokens: readonly Token[], allowed: 'read' | 'write'): 'read' | 'write' {
  const [first, second, third] = tokens
  if (isWord(first, 'SELECT', 'WITH') || isSign(first, '(')) return 'read'
  if (!isWord(first, 'INSERT')) throw refusal(`only SELECT ${allowed === 'read' ? 'is' : 'and INSERT are'} taken here`)
  if (allowed === 'read') throw DbsvcError.of('DBS-2203', { reason: 'it is an INSERT' })
  if (!isWord(second, 'INTO')) throw refusal('an INSERT begins with INSERT INTO')
  // INSERT INTO [TABLE] FUNCTION writes to files, other servers and tables.
  if (isWord(third, 'FUNCTION') || (isWord(third, 'TABLE') && isWord(tokens[3], 'FUNCTION')))
    throw refusal('only tables are written to')
  if (tokens.some((token) => isWord(token, 'WATCH'))) throw refusal('WATCH is not taken here')
  return 'write'
}

/** Where the rows of an INSERT begin: behind `INSERT INTO [TABLE] [database.]table [(columns)]`. */
function placeOfSource(tokens: readonly Token[]): number {
  let at = isWord(tokens[2], 'TABLE') && isName(tokens[3]) ? 4 : 3
  if (isSign(tokens[at], '.')) at += 2
  if (!isSign(tokens[at], '(')) return at
  let depth = 0
  for (; at < tokens.length; at += 1) {
    if (isSign(tokens[at], '(')) depth += 1
    if (isSign(tokens[at], ')')) depth -= 1
    if (depth === 0) return at + 1
  }
  return at
}

function onlyStatement(sql: string): readonly Token[] {
  try {
    const [statement, ...more] = splitStatements(sql)
    if (statement === undefined) throw refusal('it is empty')
    if (more.length > 0) throw refusal('there is more than one statement')
    return statement.tokens
  } catch (error) {
    throw error instanceof UnclosedToken ? refusal(error.message) : error
  }
}

function checkName(written: string, next: Token | undefined, company: string, terms: GuardTerms): void {
  const name = written.toLowerCase()
  if (isSign(next, '(') && (terms.tableFunctions.has(name) || isReaching(name)))
    throw refusal(`the function ${written} is not for companies`)
  // A name in quotes may have a dot in it, too.
  const parts = written.split('.')
  const qualifiers = next !== undefined && isSign(next, '.') ? parts : parts.slice(0, -1)
  for (const qualifier of qualifiers) {
    if (foreignDatabases.has(qualifier.toLowerCase())) throw refusal(`the database ${qualifier} is not for companies`)
    if (qualifier === sharedDatabase && !terms.hasAccessControl)
      throw refusal(`${sharedDatabase} has rows of all companies, and this ClickHouse cannot tell them apart`)
  }
  for (const part of parts) {
    if (part.startsWith(companyPrefix) && part !== databaseOf(company)) throw refusal('it names another database')
  }
}

/** Functions are also called by names without parentheses: `arrayMap(file, […])`, `* apply file`. Columns behind a dot are none. */
function checkReference(written: string, next: Token | undefined, { reachingFunctions }: GuardTerms): void {
  if (isSign(next, '.') || !reachingFunctions.has(written.toLowerCase())) return
  throw refusal(
    `${written} is also a function that is not for companies; write a column with its table, as in t.${written}`,
  )
}

/** `{name:Identifier}`. */
const isPlaceholderOfName = (tokens: readonly Token[], at: number): boolean =>
  isWord(tokens[at], 'IDENTIFIER') && isSign(tokens[at - 1], ':')

const refusal = (reason: string): DbsvcError => DbsvcError.of('DBS-2404', { engine: 'ClickHouse', reason })
