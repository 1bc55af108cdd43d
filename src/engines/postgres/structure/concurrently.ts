/**
 * The same statements without CONCURRENTLY, which no transaction allows and which leaves the result as it is. The tokens are
 * PostgreSQL's own, so that a name or a text with that word in it stays.
 */
export async function withoutConcurrently(sql: string): Promise<string> {
  if (!/\bconcurrently\b/i.test(sql)) return sql
  const { scan } = await import('libpg-query')
  const { tokens } = await scan(sql)
  // Offsets are in bytes.
  const bytes = Buffer.from(sql)
  const words = tokens.filter(({ text, keywordKind }) => keywordKind > 0 && text.toLowerCase() === 'concurrently')
  let kept = ''
  let from = 0
  for (const { start, end } of words) {
    kept += bytes.toString('utf8', from, start)
    from = end
  }
  return kept + bytes.toString('utf8', from)
}
