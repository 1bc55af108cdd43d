import type { Queries } from '../lasting-client.ts'
import { timescaleFunctions } from './functions.ts'
import type { NamedRelation, Surroundings, Volatility } from './surroundings.ts'

interface Row {
  readonly relations: readonly {
    readonly name: string
    readonly shared: boolean
    readonly opaque: boolean
    readonly along: readonly string[]
    readonly triggers: boolean
  }[]
  readonly functions: readonly { readonly name: string; readonly volatility: Volatility }[]
}

/** Joins the foreign keys `f` by which a change of that relation changes others. */
const followers = (relation: string): string => `
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = ${relation}
    and d.classid = 'pg_catalog.pg_constraint'::regclass
  join pg_catalog.pg_constraint f on f.oid = d.objid and f.contype = 'f' and f.confrelid = d.refobjid
    and (f.confdeltype in ('c', 'n', 'd') or f.confupdtype in ('c', 'n', 'd'))`

/** Of two relations a tag; in SQL, as `n` and `c`. */
const tag = `case when n.nspname = 'public' then 'public.' else '' end || c.relname`

/**
 * Reads what a company may name: the relations of its own schema and of `public` that the shared role has any right on, and the
 * functions there that are of no extension. Foreign keys count where a row is changed along, over any number of tables.
 * By pg_depend, which has the index that pg_class, pg_proc and pg_constraint lack: there are thousands of other companies' beside.
 */
export async function readSurroundings(client: Queries, company: string): Promise<Surroundings> {
  const { rows } = await client.query<Row>(
    `with recursive place as materialized (
       select oid, nspname from pg_catalog.pg_namespace where nspname in ('public', 'tenant_' || $1)
     ), named as materialized (
       select c.oid, c.relname, n.nspname, c.relkind from place n
       join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_namespace'::regclass and d.refobjid = n.oid
         and d.classid = 'pg_catalog.pg_class'::regclass and d.objsubid = 0 and d.deptype = 'n'
       join pg_catalog.pg_class c on c.oid = d.objid
       where c.relkind in ('r', 'p', 'v', 'm', 'f')
         and pg_catalog.has_table_privilege('database_service_role', c.oid, 'select, insert, update, delete')
     ), along as (
       select oid as changed, oid as along, 0 as steps from named
       union
       select a.changed, f.conrelid, 1 from along a ${followers('a.along')}
     )
     select
       (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
          'name', r.relname, 'shared', r.nspname = 'public',
          'opaque', r.relkind in ('v', 'm', 'f') and not exists (
            select from dbsvc.time_series t where t.schema_name = r.nspname and t.view_name = r.relname),
          'triggers', exists (select from along a join pg_catalog.pg_trigger t on t.tgrelid = a.along
             where a.changed = r.oid and not t.tgisinternal),
          'along', (select coalesce(pg_catalog.json_agg(distinct ${tag}), '[]') from along a
             join pg_catalog.pg_class c on c.oid = a.along join place n on n.oid = c.relnamespace where a.changed = r.oid and a.steps > 0))), '[]')
        from named r) as relations,
       (select coalesce(pg_catalog.json_agg(f), '[]') from (
          select p.proname as name, case max(p.provolatile) when 'v' then 'volatile' when 's' then 'stable' else 'immutable' end as volatility
          from place n
          join pg_catalog.pg_depend i on i.refclassid = 'pg_catalog.pg_namespace'::regclass and i.refobjid = n.oid
            and i.classid = 'pg_catalog.pg_proc'::regclass and i.deptype = 'n'
          join pg_catalog.pg_proc p on p.oid = i.objid
          left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
          left join pg_catalog.pg_extension e on e.oid = d.refobjid
          where p.prokind <> 'p' and pg_catalog.has_function_privilege('database_service_role', p.oid, 'execute')
          group by p.proname
          having pg_catalog.bool_and(e.oid is null or (e.extname = 'timescaledb' and p.proname = any ($2)))
        ) f) as functions`,
    [company, timescaleFunctions],
  )
  const relations = rows[0]?.relations ?? []
  const named = (isShared: boolean): ReadonlyMap<string, NamedRelation> =>
    new Map(
      relations
        .filter(({ shared }) => shared === isShared)
        .map(({ name, opaque, along, triggers }) => [
          name,
          { tag: isShared ? `public.${name}` : name, opaque, along, triggers },
        ]),
    )
  const functions = new Map((rows[0]?.functions ?? []).map(({ name, volatility }) => [name, volatility]))
  return { company, own: named(false), shared: named(true), functions }
}
