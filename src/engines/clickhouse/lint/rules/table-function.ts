import { isSign } from '../../sql/token.ts'
import { bothWays, type Rule } from '../rule.ts'

const functions =
  /^(url|urlCluster|file|fileCluster|remote|remoteSecure|cluster|clusterAllReplicas|s3|s3Cluster|gcs|hdfs|hdfsCluster|azureBlobStorage|mysql|postgresql|mongodb|redis|sqlite|odbc|jdbc|executable|merge|loop|mergeTreeIndex|mergeTreeProjection|viewIfPermitted|deltaLake|iceberg|hudi|dictionary|input)$/i

export const tableFunction: Rule = {
  id: 'clickhouse-table-function',
  severity: 'error',
  summary: 'A table function that reaches out of its database.',
  why: 'It runs with dbsvc’s rights: it can read other companies, files of the server, or the network, and gives each run another result.',
  mend: 'Load data by a service, and leave migrations to definitions.',
  directions: bothWays,
  *statement({ sql }) {
    for (const [index, token] of sql.tokens.entries()) {
      const before = sql.tokens[index - 1]
      const isSource = before !== undefined && /^(FROM|JOIN|FUNCTION|AS)$/i.test(before.text)
      if (isSource && token.kind === 'word' && functions.test(token.text) && isSign(sql.tokens[index + 1], '(')) {
        yield { message: `${token.text}() reaches out of the database`, at: token.start }
      }
    }
  },
}
