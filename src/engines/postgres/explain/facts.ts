import type { Queries } from '../lasting-client.ts'

/** What is known of the relations that a company may name, beside its plans. */
export interface RelationFacts {
  /** The columns of each index, by `schema.relation`; an expression is an empty name. */
  readonly indexes: ReadonlyMap<string, readonly (readonly string[])[]>
  /** The time column of each time series, by `schema.relation`. */
  readonly timeColumns: ReadonlyMap<string, string>
}

interface Row {
  readonly relation: string
  readonly columns: readonly string[]
}

/** Reads the indexes of a company's own schema and of the shared one, those of private tables as their views'. */
export async function readRelationFacts(client: Queries, company: string): Promise<RelationFacts> {
  const schemas = ['public', `tenant_${company}`]
  const { rows } = await client.query<Row>(
    `with relation as (
       select n.nspname || '.' || c.relname as name, c.oid
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where n.nspname = any ($1) and c.relkind in ('r', 'p')
       union all
       select t.schema_name || '.' || t.view_name, c.oid
       from dbsvc.time_series t join pg_catalog.pg_namespace n on n.nspname = t.private_schema
       join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.view_name
       where t.schema_name = any ($1)
     )
     select r.name as relation, (
         select pg_catalog.json_agg(coalesce(a.attname, '') order by k.position)
         from pg_catalog.unnest(i.indkey::int2[]) with ordinality k (attnum, position)
         left join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum = k.attnum and k.attnum > 0
       ) as columns
     from relation r join pg_catalog.pg_index i on i.indrelid = r.oid`,
    [schemas],
  )
  const series = await client.query<{ relation: string; time_column: string }>(
    `select schema_name || '.' || view_name as relation, time_column from dbsvc.time_series where schema_name = any ($1)`,
    [schemas],
  )
  const indexes = new Map<string, (readonly string[])[]>()
  for (const { relation, columns } of rows) indexes.set(relation, [...(indexes.get(relation) ?? []), columns])
  return { indexes, timeColumns: new Map(series.rows.map(({ relation, time_column }) => [relation, time_column])) }
}
