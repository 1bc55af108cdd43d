import pg from 'pg'
import { placeOf } from '../../../core/company/id.ts'
import type { Company } from '../../../core/company/spec.ts'
import { endSessions } from './state.ts'

const { escapeIdentifier: identifier, escapeLiteral: literal } = pg

// Each dropped relation takes several entries of the server's lock table, which a big company could exhaust in one transaction.
const relationsPerTransaction = 50

/** What was removed, for the record. */
export interface DroppedCompany {
  readonly relations: number
  /** Rows of shared tables. */
  readonly sharedRows: number
}

/**
 * Removes a company that is `dropping` from PostgreSQL. Every step can be cut off and run again, and the row in the registry goes
 * last.
 */
export async function dropCompany(client: pg.Client, company: Company): Promise<DroppedCompany> {
  try {
    return await removeCompany(client, company)
  } catch (error) {
    // Or the session would refuse whatever comes next.
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/** From its commit on the company is refused, and its sessions are ended. */
export async function beginDrop(client: pg.Client, { company, loginRole }: Company): Promise<void> {
  await client.query(
    `begin;
     update dbsvc.companies set state = 'dropping', updated_at = now() where company_id = ${literal(company)};
     ${loginRole === null ? '' : `alter role ${identifier(loginRole)} nologin;`}
     commit;`,
  )
  if (loginRole !== null) await endSessions(client, loginRole)
}

async function removeCompany(client: pg.Client, { company, loginRole }: Company): Promise<DroppedCompany> {
  const schemas = [placeOf(company), `private_${company}`]
  // A batch of migrations locks the target before anything else; in another order the two would deadlock.
  const hold = `select from dbsvc.targets where company_id = ${literal(company)} for update;`
  const relations = await dropRelations(client, schemas, hold)
  const sharedRows = await deleteSharedRows(client, company)
  const role = loginRole === null ? '' : renderDropRole(identifier(loginRole))
  await client.query(
    `begin;
     ${hold}
     drop schema if exists ${schemas.map(identifier).join(', ')} cascade;
     ${role}
     delete from dbsvc.time_series where schema_name = ${literal(placeOf(company))};
     delete from dbsvc.progress where company_id = ${literal(company)};
     delete from dbsvc.ledger where company_id = ${literal(company)};
     delete from dbsvc.targets where company_id = ${literal(company)};
     delete from dbsvc.idempotency_keys where company_id = ${literal(company)};
     delete from dbsvc.companies where company_id = ${literal(company)};
     insert into dbsvc.company_events (company_id, event, details)
       values (${literal(company)}, 'dropped', ${literal(JSON.stringify({ relations, sharedRows }))});
     commit;`,
  )
  return { relations, sharedRows }
}

/** Only a member may drop what a role owns and is granted; a superuser is one of every role already. */
const renderDropRole = (role: string): string =>
  `grant ${role} to current_user; drop owned by ${role}; drop role ${role};`

async function dropRelations(client: pg.Client, schemas: readonly string[], hold: string): Promise<number> {
  let dropped = 0
  for (;;) {
    const { rows } = await client.query<{ kind: string; place: string }>(
      `select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table' end as kind,
         format('%I.%I', n.nspname, c.relname) as place
       from pg_namespace n join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid
         and d.classid = 'pg_class'::regclass and d.deptype = 'n'
       join pg_class c on c.oid = d.objid and c.relkind in ('r', 'p', 'v', 'm', 'f')
       where n.nspname = any ($1) order by c.relispartition desc, c.oid limit ${relationsPerTransaction}`,
      [schemas],
    )
    if (rows.length === 0) return dropped
    const drops = rows.map(({ kind, place }) => `drop ${kind} if exists ${place} cascade;`)
    await client.query([hold, ...drops].join('\n'))
    dropped += rows.length
  }
}

/** The rows of every shared table and time series that carries a company_id. */
async function deleteSharedRows(client: pg.Client, company: string): Promise<number> {
  const { rows } = await client.query<{ place: string }>(
    `select format('%I.%I', n.nspname, c.relname) as place
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
     where n.nspname in ('public', 'private_shared') and c.relkind in ('r', 'p') and not c.relispartition
       and c.relowner = 'dbsvc_owner'::regrole`,
  )
  let total = 0
  // A trigger may write a row about the row that goes, so the tables are gone through until nothing is left.
  for (let deleted = -1; deleted !== 0; total += deleted) {
    deleted = 0
    for (const { place } of rows) {
      await client.query('begin; set local role dbsvc_owner')
      const result = await client.query(`delete from ${place} where company_id = $1`, [company])
      await client.query('commit')
      deleted += result.rowCount ?? 0
    }
  }
  return total
}
