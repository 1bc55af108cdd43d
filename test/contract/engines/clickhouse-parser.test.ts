import { afterAll, beforeAll, expect, test } from 'vitest'
import { openChdb } from '../../../src/engines/clickhouse/connection/chdb.ts'
import { attemptsOf } from '../../../src/engines/clickhouse/doctor/attempts.ts'
import { tokenise } from '../../../src/engines/clickhouse/sql/lexer.ts'
import type { Token } from '../../../src/engines/clickhouse/sql/token.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { ownDirectory } from '../../support/shared-server.ts'

// What a lexer can stumble over. Numbers that no statement could hold, such as 1.5x, are left out: what matters is where a
// statement ends.
const pieces = [
  ...["'a'", "'a\\'b'", "'a''b'", '"q"', '"a""b"', '`q`', '``', '`a\\`b`', "x'ab'", "b'01'", '“q”', '‘s’'],
  ...['-- c\n', '--c\n', '// d\n', '# e\n', '#! f\n', '#g', '/* a */', '/* /* b */ c */', '/**/', '/*'],
  ...['$a$ x ; $a$', '$$ y $$', '$', '$a', '$a$', 'x$y', '$b$ $a$ $b$'],
  ...['1', '1e5', '1e-5', 'a.b', 'a.1.1', '0xff', '1st', '12_3', '0b12'],
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    ';',
    '->',
    '::',
    '<=',
    '<=>',
    '!=',
    '||',
    '@@',
    '=',
    '==',
    '−',
    '?',
    '^',
    '%',
    '*',
    '+',
    '-',
    '/',
  ],
  ...['select', 'FORMAT', '\n', '\t', "'", '"', '`', '\\', '\\G', '|', '@', ':', 'é'],
]

const kinds: Readonly<Record<string, Token['kind']>> = {
  Whitespace: 'space',
  Comment: 'comment',
  BareWord: 'word',
  Number: 'number',
  StringLiteral: 'string',
  QuotedIdentifier: 'quoted',
  HereDoc: 'heredoc',
}

describeEngine('clickhouse', 'the parser', () => {
  let session: Awaited<ReturnType<typeof openChdb>> | null = null
  beforeAll(async () => {
    if (engineFinding('clickhouse').kind === 'embedded') session = await openChdb(await ownDirectory('chdb'))
  })
  afterAll(() => session?.close())

  // An attempt that is no SQL would be refused, and prove nothing.
  test.each(attemptsOf({ victim: 'one', intruder: 'other', table: 't' }))('reads what the probe tries: $what', async ({
    sql,
  }) => {
    const answer = session?.rows(`EXPLAIN AST ${sql.replace(/VALUES .*$/, 'VALUES')}`)
    await answer?.catch((error: unknown) => {
      // It was read, and names the setting that only a server has.
      expect(error).toMatchObject({ code: '115', message: expect.stringContaining('SQL_company_id') })
    })
  })

  test('takes 2,000 texts apart as dbsvc does', async () => {
    if (session === null) return
    const random = seeded(20_260)
    const texts = Array.from({ length: 2_000 }, () =>
      Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
        const piece = pieces[Math.floor(random() * pieces.length)] ?? ''
        return random() < 0.5 ? `${piece} ` : piece
      }).join(''),
    ).filter((text) => !/\d[\w.]*\.[\w.]|\.\d\w*[a-z$]/i.test(text))
    const found = await session.rows<{ text: string; tokens: { begin: string; end: string; type: string }[] }>(
      'SELECT text, tokenizeQuery(text) AS tokens FROM (SELECT arrayJoin({texts:Array(String)}) AS text)',
      { parameters: { texts } },
    )
    expect(found.length).toBeGreaterThan(1_500)
    for (const { text, tokens } of found) {
      const bytes = Buffer.from(text)
      const theirs = tokens.map(({ begin, end, type }) => [
        kindOf(type),
        bytes.subarray(Number(begin), Number(end)).toString(),
      ])
      expect(tokenise(text).map((token) => [token.kind, token.text])).toEqual(theirs)
    }
  })
})

const kindOf = (type: string): Token['kind'] =>
  kinds[type] ?? (/NotClosed/.test(type) ? 'unclosed' : type === 'ErrorWrongNumber' ? 'number' : 'sign')

/** The same sequence in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
