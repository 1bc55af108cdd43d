import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { placeOf } from '../../../core/company/id.ts'
import { probePrefix } from '../../../core/company/probe.ts'
import { renderPlace } from '../company/provision.ts'

const { escapeLiteral: literal, escapeIdentifier: identifier } = pg

// Held by whoever uses a probe, so that others can tell one in use from one left over: the first half is 'dbsp'.
const probeKey = 0x64627370

/** Marks them, so that a company that merely has such a name is never taken for one. */
const mark = '{"dbsvc.probe": "true"}'

export const probeTable = 'doctor_notes'

/**
 * Makes an active company with one table, protected as those of migrations are. It has no target, so that no migration run takes it
 * for one of its own.
 * @returns its id
 */
export async function makeProbe(client: pg.Client): Promise<string> {
  const company = `${probePrefix}${randomBytes(6).toString('hex')}`
  const place = placeOf(company)
  await client.query('select pg_advisory_lock($1, hashtext($2))', [probeKey, company])
  await client.query(
    [
      'begin;',
      `insert into dbsvc.companies (company_id, name, tier, state, labels)
         values (${literal(company)}, 'a probe of dbsvc doctor', 'free', 'active', '${mark}');`,
      ...renderPlace({ spec: { company }, password: null }),
      'set local role dbsvc_owner;',
      `create table ${identifier(place)}.${probeTable} (id integer primary key, note text not null);`,
      `select dbsvc.protect('tenant', array[${literal(place)}]);`,
      'commit;',
    ].join('\n'),
  )
  return company
}

/** Drops a probe with everything that would remember it; one that is gone already is fine. Shared tables have no rows of it. */
export async function dropProbe(client: pg.Client, company: string): Promise<void> {
  await client.query('rollback')
  await client.query(
    `begin;
     drop schema if exists ${identifier(placeOf(company))} cascade;
     delete from dbsvc.companies where company_id = ${literal(company)};
     commit;`,
  )
  await client.query('select pg_advisory_unlock($1, hashtext($2))', [probeKey, company])
}

/** Takes over the probes that nobody uses any more, because their doctor was killed. */
export async function takeLeftOvers(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ company: string }>(
    `select company_id as company from dbsvc.companies
     where starts_with(company_id, $1) and labels @> $2 and pg_try_advisory_lock($3, hashtext(company_id)) order by 1`,
    [probePrefix, mark, probeKey],
  )
  return rows.map(({ company }) => company)
}
