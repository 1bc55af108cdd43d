import { hasSqlDetails, parse, scan } from 'libpg-query'
import type { Comment, Statement, Step, SyntaxFault } from './statement.ts'

/** Parses what is sent in one message with PostgreSQL's own grammar; a text it refuses has no statements and says why. */
export async function parseStep(sql: string, offset: number | null): Promise<Step> {
  const bytes = Buffer.from(sql)
  try {
    const { stmts = [] } = sql.trim() === '' ? {} : await parse(sql)
    const statements = stmts.flatMap(({ stmt, stmt_location: start = 0, stmt_len: length }): Statement[] => {
      // The last statement has no length where no semicolon ends it.
      const end = length === undefined ? bytes.length : start + length
      return stmt === undefined ? [] : [{ node: stmt, sql: textBetween(bytes, start, end), start, end }]
    })
    return { sql, offset, statements, comments: await commentsOf(sql, bytes), syntaxError: null }
  } catch (error) {
    return { sql, offset, statements: [], comments: [], syntaxError: faultOf(error, sql) }
  }
}

const textBetween = (bytes: Buffer, start: number, end: number): string => bytes.subarray(start, end).toString().trim()

async function commentsOf(sql: string, bytes: Buffer): Promise<Comment[]> {
  if (sql.trim() === '') return []
  const { tokens } = await scan(sql)
  return tokens
    .filter(({ tokenName }) => tokenName === 'SQL_COMMENT' || tokenName === 'C_COMMENT')
    .map(({ start, end }) => ({ text: textBetween(bytes, start, end), start, end }))
}

function faultOf(error: unknown, sql: string): SyntaxFault {
  if (!hasSqlDetails(error)) throw error
  // Of an error, unlike of a node, the parser counts characters.
  const characters = [...sql].slice(0, error.sqlDetails?.cursorPosition ?? 0)
  return { message: error.message, at: Buffer.byteLength(characters.join('')) }
}
