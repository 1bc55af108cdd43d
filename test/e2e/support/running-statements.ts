import type { Cluster } from '../../support/shipped-cluster.ts'

/** The statements with `mark` in their text that the server is at; a session that waits for its client is counted as well. */
export const runningStatements = ({ database }: Cluster, mark: string) =>
  database.query(
    `select state from pg_stat_activity where query like '%${mark}%' and state <> 'idle' and pid <> pg_backend_pid()`,
  )
