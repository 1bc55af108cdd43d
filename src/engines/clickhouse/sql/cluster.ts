import type { Edit } from './edit.ts'
import { applyEdits } from './edit.ts'
import { readHead } from './head.ts'
import { quoteName } from './quote.ts'
import type { SqlStatement } from './statement.ts'
import { isSign, isWord, type Token } from './token.ts'

const engine = /^(?:Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Coalescing|Graphite)?MergeTree$/

/** The statement for every node of a cluster: ON CLUSTER where it takes that, and a replicated engine in place of a local one. */
export function onCluster(statement: SqlStatement, cluster: string): string {
  const { clusterAfter } = readHead(statement.tokens)
  const edits: Edit[] = replicated(statement.tokens)
  if (clusterAfter !== null) {
    edits.push({ start: clusterAfter.end, end: clusterAfter.end, text: ` ON CLUSTER ${quoteName(cluster)}` })
  }
  return applyEdits(statement.text, edits, statement.start)
}

/** Without arguments of its own a replicated table takes the server's default path, which no two tables share. */
function replicated(tokens: readonly Token[]): Edit[] {
  if (!isWord(tokens[0], 'CREATE', 'ATTACH', 'REPLACE')) return []
  return tokens.flatMap((token, index) => {
    const before = isSign(tokens[index - 1], '=') ? tokens[index - 2] : tokens[index - 1]
    if (token.kind !== 'word' || !engine.test(token.text) || !isWord(before, 'ENGINE')) return []
    return [{ start: token.start, end: token.start, text: 'Replicated' }]
  })
}
