import type pg from 'pg'

export interface LooseKey {
  readonly relation: string
  readonly name: string
  /** Its first column or expression; of a foreign key all of its columns. */
  readonly begins: string
  /** What makes it one that tells a company of its own rows alone. */
  readonly mend: string
}

// Tables of companies' schemas hold rows of one company; dbsvc's own are out of reach.
const shared = `
  c.relkind in ('r', 'p') and not c.relispartition
  and n.nspname not in ('pg_catalog', 'information_schema', 'dbsvc') and n.nspname !~ '^(pg_|_timescaledb)'
  and not exists (select from dbsvc.companies o where 'tenant_' || o.company_id = n.nspname::text)
  and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped)`

/** Unique keys of shared tables that begin with something else than company_id, so that a conflict tells of others' rows. */
export async function findLooseKeys(client: pg.Client): Promise<LooseKey[]> {
  const { rows } = await client.query<LooseKey>(
    `select format('%I.%I', n.nspname, c.relname) as relation, i.relname as name, parts.first as begins,
       case when k.oid is null
         then format('drop index %I.%I; create unique index %I on %I.%I (company_id, %s)%s', n.nspname, i.relname, i.relname,
           n.nspname, c.relname, parts.others, coalesce(' where ' || pg_get_expr(x.indpred, x.indrelid), ''))
         else format('alter table %I.%I drop constraint %I, add constraint %I %s (company_id, %s)', n.nspname, c.relname,
           k.conname, k.conname, case k.contype when 'p' then 'primary key' else 'unique' end, parts.others)
       end as mend
     from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
       join pg_namespace n on n.oid = c.relnamespace
       left join pg_constraint k on k.conindid = x.indexrelid and k.contype in ('p', 'u')
       cross join lateral (
         select min(part) filter (where at = 1) as first, string_agg(part, ', ' order by at) filter (where part <> 'company_id') as others
         from (select at, pg_get_indexdef(x.indexrelid, at, true) as part from generate_series(1, x.indnkeyatts) at) each_part
       ) parts
     where x.indisunique and ${shared} and parts.first <> 'company_id'
     order by 1, 2`,
  )
  return rows
}

/** Foreign keys between shared tables that do not compare company_id: they tell which values others have, and tie rows of two companies. */
export async function findLooseReferences(client: pg.Client): Promise<LooseKey[]> {
  const { rows } = await client.query<LooseKey>(
    `select format('%I.%I', n.nspname, c.relname) as relation, k.conname as name, columns.own as begins,
       format('alter table %I.%I drop constraint %I, add constraint %I foreign key (company_id, %s) references %s (company_id, %s)',
         n.nspname, c.relname, k.conname, k.conname, columns.own, k.confrelid::regclass, columns.others) as mend
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
       cross join lateral (
         select string_agg(quote_ident(a.attname), ', ' order by at) as own, string_agg(quote_ident(b.attname), ', ' order by at) as others,
           bool_or(a.attname = 'company_id' and b.attname = 'company_id') as by_company
         from unnest(k.conkey, k.confkey) with ordinality as pair (own, other, at)
           join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.own
           join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.other
       ) columns
     where k.contype = 'f' and k.conparentid = 0 and ${shared} and not columns.by_company
       and exists (select from pg_attribute a where a.attrelid = k.confrelid and a.attname = 'company_id' and not a.attisdropped)
     order by 1, 2`,
  )
  return rows
}
