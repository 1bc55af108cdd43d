import pg from 'pg'
import type { EngineName } from '../../../core/engine.ts'
import { clusterName } from './render.ts'

const { escapeLiteral: literal } = pg

/** Which migration of which target progress is kept of. */
export interface ProgressKey {
  readonly engine: EngineName
  readonly scope: string
  readonly company: string
  readonly name: string
  readonly direction: 'up' | 'down'
  /** Progress made under another text of the file counts for nothing. */
  readonly checksum: string
}

export interface Progress {
  readonly done: number
  /** Whether the statement after those was begun, and may be done too. */
  readonly inDoubt: boolean
}

const columns = 'engine, cluster, scope, company_id, name, direction'

const valuesOf = ({ engine, scope, company, name, direction }: ProgressKey): string =>
  [engine, clusterName, scope, company, name, direction].map(literal).join(', ')

export async function readProgress(client: pg.Client, key: ProgressKey): Promise<Progress> {
  const { rows } = await client.query<Progress>(
    `select statements_done as done, in_doubt as "inDoubt" from dbsvc.progress
     where (${columns}) = (${valuesOf(key)}) and checksum = ${literal(key.checksum)}`,
  )
  return rows[0] ?? { done: 0, inDoubt: false }
}

export function renderProgress(key: ProgressKey, { done, inDoubt }: Progress): string {
  return `insert into dbsvc.progress (${columns}, checksum, statements_done, in_doubt)
    values (${valuesOf(key)}, ${literal(key.checksum)}, ${done}, ${inDoubt})
    on conflict (${columns}) do update set checksum = excluded.checksum, statements_done = excluded.statements_done,
      in_doubt = excluded.in_doubt, updated_at = clock_timestamp();`
}

export const renderForget = (key: ProgressKey): string =>
  `delete from dbsvc.progress where (${columns}) = (${valuesOf(key)});`
