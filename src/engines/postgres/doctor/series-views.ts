import type pg from 'pg'

export interface ChangedView {
  /** Quoted where SQL wants it so, like the schema. */
  readonly view: string
  readonly schema: string
  readonly name: string
  /** What it lacks of what dbsvc.refresh_time_series gives it. */
  readonly lacks: readonly string[]
}

// The condition that dbsvc.refresh_time_series makes, as PostgreSQL writes it, without what depends on the types of columns.
const condition = `concat_ws('AND',
  case when s.private_schema = 'private_shared' and s.kind = 'partitions'
    then 'company_id=current_setting''app.current_company_id''' end,
  case when s.private_schema = 'private_shared' then 'company_id=ANYARRAY[SELECTdbsvc.current_companyAScurrent_company]'
    else format('SELECTdbsvc.current_company=%L', substr(s.schema_name, 8)) end,
  case when exists (
    -- Not by to_regclass: dbsvc_observer may not use that schema.
    select from pg_namespace p join pg_class t on t.relnamespace = p.oid join pg_attribute u on u.attrelid = t.oid
    where p.nspname = s.private_schema and t.relname = s.view_name and u.attname = 'user_id' and not u.attisdropped
  ) then 'SELECTdbsvc.current_user_idAScurrent_user_id=ANYARRAY['''',user_id]' end)`

const query = `
  select format('%I.%I', s.schema_name, s.view_name) as view, quote_ident(s.schema_name) as schema, s.view_name as name, lacks.what as lacks
  from dbsvc.time_series s
  join pg_namespace n on n.nspname = s.schema_name
  join pg_class c on c.relnamespace = n.oid and c.relname = s.view_name and c.relkind = 'v'
  cross join lateral (
    -- Names of columns may be quoted, and hold what looks like more than a name.
    select regexp_replace(split_part(d.text, d.source, 1), '"[^"]*"', 'column', 'g') as columns,
      regexp_replace(replace(substr(d.text, nullif(strpos(d.text, d.source), 0) + length(d.source)), quote_ident(s.view_name) || '.', ''),
        '::(text|character varying)|[()[:space:];]', '', 'g') as condition
    from (
      select pg_get_viewdef(c.oid) as text, format(E'\\n   FROM %I.%I\\n  WHERE ', s.private_schema, s.view_name) as source offset 0
    ) d
  ) made
  cross join lateral (
    select array_remove(array[
      case when made.columns ~ '[(]' or made.condition is distinct from ${condition} then 'the condition' end,
      case when not coalesce(c.reloptions, '{}') && array['security_barrier=true', 'security_barrier=on'] then 'security_barrier' end,
      case when not coalesce(c.reloptions, '{}') @> array['check_option=cascaded'] then 'check_option' end
    ], null) as what
  ) lacks
  where lacks.what <> '{}'
  order by 1`

/** Views of time series that are not as dbsvc makes them: what lies behind has no row security of its own. */
export async function findChangedViews(client: pg.Client): Promise<ChangedView[]> {
  const { rows } = await client.query<ChangedView>(query)
  return rows
}
