import { isName, isSign, nameIn } from '../../sql/token.ts'
import type { Rule } from '../rule.ts'

const adds = /^(count|sum|avg)(If|State|IfState|Map|WithOverflow)*$/i

export const viewCountsTwice: Rule = {
  id: 'clickhouse-view-counts-twice',
  severity: 'warning',
  summary: 'A materialised view adds up rows of a ReplacingMergeTree.',
  why: 'It sees every insert, also the second one of the same row, which the table itself replaces.',
  mend: 'States that a repetition does not change (uniq, min, max, argMax), or a plain view over the table with FINAL.',
  *statement({ head, query }, model) {
    if (query === null || head.kind !== 'MATERIALIZED VIEW') return
    const source = query.find((token, index) => isName(token) && /^FROM$/i.test(query[index - 1]?.text ?? ''))
    const table = model.tables.get(source === undefined ? '' : nameIn(source))
    if (table?.engine !== 'ReplacingMergeTree') return
    for (const [index, token] of query.entries()) {
      if (token.kind === 'word' && adds.test(token.text) && isSign(query[index + 1], '(')) {
        yield {
          message: `${token.text}() counts a row of ${table.name} again when it is delivered again`,
          at: token.start,
        }
      }
    }
  },
}
