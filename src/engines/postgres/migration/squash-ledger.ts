import type pg from 'pg'
import type { AppliedMigration } from '../../../core/migration/file.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { HistoryMove, Squashed } from '../../../core/migration/squash.ts'
import { readGroups, type TargetGroup } from './ledger.ts'
import { clusterName } from './render.ts'

export interface LedgerSquash {
  readonly scope: ProjectScope
  readonly squashed: Squashed
  readonly baseline: AppliedMigration
  readonly moves: readonly HistoryMove[]
  readonly runId: string
}

/** What a baseline's name has in the ledger, or undefined where no target has it. */
export async function readBaseline(
  client: pg.Client,
  scope: ProjectScope,
  name: string,
): Promise<AppliedMigration | undefined> {
  const { rows } = await client.query<AppliedMigration>(
    `select name, version, checksum from dbsvc.ledger
     where engine = 'postgres' and cluster = $1 and scope = $2 and position = 1 and name = $3 limit 1`,
    [clusterName, scope, name],
  )
  return rows[0]
}

/**
 * Gives every target that has the squashed migrations the baseline in their place: all of them or, when `refuse` finds one that
 * has something else, none. No target comes or moves while this looks. @returns the companies moved; `['']` for the shared scope
 */
export async function squashLedger(
  client: pg.Client,
  squash: LedgerSquash,
  refuse: (others: readonly TargetGroup[]) => void,
): Promise<string[]> {
  const known = new Set(squash.moves.flatMap(({ from, to }) => [from, to]))
  const moved: string[] = []
  await client.query('begin')
  try {
    await client.query('lock table dbsvc.targets in share row exclusive mode')
    const groups = (await readGroups(client)).filter(
      ({ engine, scope }) => engine === 'postgres' && scope === squash.scope,
    )
    refuse(groups.filter(({ history }) => !known.has(history)))
    for (const move of squash.moves) moved.push(...(await moveTargets(client, squash, move)))
    await client.query('update dbsvc.exemptions set migration = $3 where scope = $1 and migration = any ($2)', [
      squash.scope,
      squash.squashed.map(({ name }) => name),
      squash.baseline.name,
    ])
    await client.query('commit')
    return moved
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

const standsAt = `t.engine = 'postgres' and t.cluster = $1 and t.scope = $2 and t.history = $3`
const ledgerOf = `l.engine = t.engine and l.cluster = t.cluster and l.scope = t.scope and l.company_id = t.company_id`

async function moveTargets(client: pg.Client, squash: LedgerSquash, { from, to }: HistoryMove): Promise<string[]> {
  const { baseline, squashed, runId } = squash
  const target = [clusterName, squash.scope, from]
  const count = squashed.length
  await client.query(
    `delete from dbsvc.ledger l using dbsvc.targets t where ${standsAt} and ${ledgerOf} and l.position <= $4`,
    [...target, count],
  )
  // By way of negative numbers: moved directly, a row could meet the next one's position before that has moved.
  await client.query(
    `update dbsvc.ledger l set position = $4 - l.position from dbsvc.targets t where ${standsAt} and ${ledgerOf} and l.position > $4`,
    [...target, count],
  )
  await client.query(
    `update dbsvc.ledger l set position = 1 - l.position from dbsvc.targets t where ${standsAt} and ${ledgerOf} and l.position < 0`,
    target,
  )
  await client.query(
    `insert into dbsvc.ledger (engine, cluster, scope, company_id, position, version, name, checksum, run_id, baseline)
     select t.engine, t.cluster, t.scope, t.company_id, 1, $4, $5, $6, $7, true from dbsvc.targets t where ${standsAt}`,
    [...target, baseline.version, baseline.name, baseline.checksum, runId],
  )
  const { rows } = await client.query<{ company_id: string }>(
    `update dbsvc.targets t
     set history = $4, applied = t.applied - $5 + 1, updated_at = clock_timestamp(),
       version = case when t.applied = $5 then $6 else t.version end
     where ${standsAt} returning t.company_id`,
    [...target, to, count, baseline.version],
  )
  return rows.map((row) => row.company_id)
}
