import type pg from 'pg'

export interface Capacity {
  /** For clients that are no superusers. */
  readonly connections: number
  readonly used: number
  /** Size of the table of locks, as PostgreSQL's documentation has it. */
  readonly locks: number
  readonly locksPerTransaction: number
  /** The company with most objects, and how many it has: tables, indexes, views, sequences, TOAST and its index. '' without companies. */
  readonly company: string
  readonly objects: number
}

export async function readCapacity(client: pg.Client): Promise<Capacity> {
  const { rows } = await client.query<Capacity>(
    `with setting as (
       select current_setting('max_connections')::integer as connections, current_setting('max_prepared_transactions')::integer as prepared,
         current_setting('max_locks_per_transaction')::integer as "locksPerTransaction",
         current_setting('superuser_reserved_connections')::integer + coalesce(current_setting('reserved_connections', true), '0')::integer as reserved
     ), biggest as (
       select c.company_id as company, sum(case when r.reltoastrelid <> 0 then 3 else 1 end)::integer as objects
       from dbsvc.companies c
       join pg_namespace n on n.nspname in ('tenant_' || c.company_id, 'private_' || c.company_id)
       join pg_class r on r.relnamespace = n.oid
       group by c.company_id order by objects desc, company limit 1
     )
     select s.connections - s.reserved as connections, s."locksPerTransaction",
       s."locksPerTransaction" * (s.connections + s.prepared) as locks,
       (select count(*)::integer from pg_stat_activity where backend_type = 'client backend') as used,
       coalesce(b.company, '') as company, coalesce(b.objects, 0) as objects
     from setting s left join biggest b on true`,
  )
  const [capacity] = rows
  if (capacity === undefined) throw new Error('a select from one row gave none')
  return capacity
}
