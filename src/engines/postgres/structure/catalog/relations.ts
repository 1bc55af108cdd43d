import { unqualified, withoutCompany } from './normalise.ts'

/** Tables, views and sequences. The partitions of a time series are no structure: how many there are follows from the clock. */
export const relation = `relation as materialized (
  select m.*, c.oid, c.relkind, c.relname, c.relpersistence, c.relowner, c.relacl, c.reloptions, c.relrowsecurity,
    c.relforcerowsecurity, c.relispartition, c.relpartbound,
    case when m.is_hidden then m.hidden_token else '' end || quote_ident(c.relname) as place
  from member m join pg_class c on c.oid = m.objid
  where m.classid = 'pg_class'::regclass and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and not (m.is_hidden and c.relispartition)
)`

const noun = `case r.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
  when 'f' then 'foreign table' else 'table' end`

const tables = `select r.company, 'table' as kind, '' as "on", r.place as name,
    concat_ws(' ', case r.relpersistence when 'u' then 'unlogged' end, case r.relkind when 'f' then 'foreign' end,
      (select 'partition of ' || string_agg(${unqualified('i.inhparent::regclass::text', 'r')}, ', ' order by i.inhseqno)
       from pg_inherits i where i.inhrelid = r.oid and r.relispartition),
      pg_get_expr(r.relpartbound, r.oid),
      (select 'inherits (' || string_agg(${unqualified('i.inhparent::regclass::text', 'r')}, ', ' order by i.inhseqno) || ')'
       from pg_inherits i where i.inhrelid = r.oid and not r.relispartition),
      case r.relkind when 'p' then 'partition by ' || pg_get_partkeydef(r.oid) end,
      (select concat('server ', quote_ident(s.srvname), ' options (', (
         select string_agg(quote_ident(o.option_name) || ' ' || quote_literal(o.option_value), ', ' order by o.option_name)
         from pg_options_to_table(t.ftoptions) o), ')')
       from pg_foreign_table t join pg_foreign_server s on s.oid = t.ftserver where r.relkind = 'f' and t.ftrelid = r.oid)
    ) as definition
  from relation r where r.relkind in ('r', 'p', 'f')`

const views = `select r.company, 'view', '', r.place,
    case r.relkind when 'm' then 'materialized ' else '' end || ${withoutCompany('pg_get_viewdef(r.oid)', 'r')}
  from relation r where r.relkind in ('v', 'm')`

const sequences = `select r.company, 'sequence', '', r.place,
    concat('as ', format_type(s.seqtypid, null), ' increment ', s.seqincrement, ' minvalue ', s.seqmin, ' maxvalue ', s.seqmax,
      ' start ', s.seqstart, ' cache ', s.seqcache, case when s.seqcycle then ' cycle' end,
      (select ' owned by ' || ${unqualified('d.refobjid::regclass::text', 'r')} || '.' || quote_ident(a.attname)
       from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
       where d.classid = 'pg_class'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'))
  from relation r join pg_sequence s on s.seqrelid = r.oid where r.relkind = 'S'`

const options = `select r.company, 'option', ${noun} || ' ' || r.place, quote_ident(o.option_name), quote_literal(o.option_value)
  from relation r, pg_options_to_table(r.reloptions) o where r.reloptions is not null`

const comments = `select r.company, 'comment', case when d.objsubid = 0 then ${noun} || ' ' || r.place
      else 'column ' || r.place || '.' || quote_ident(a.attname) end, '', quote_literal(d.description)
  from relation r join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = r.oid
  left join pg_attribute a on a.attrelid = r.oid and a.attnum = d.objsubid and d.objsubid > 0`

/** As the arguments of dbsvc.create_time_series. How many partitions there are is left to the clock. */
const timeSeries = `select place.company, 'time series', '', quote_literal(s.view_name),
    concat(quote_literal(s.time_column), ', chunk => interval ', quote_literal(s.chunk::text),
      ', company_partitions => ' || s.company_partitions, ', ahead => interval ', quote_literal(s.ahead::text),
      ', keep => interval ' || quote_literal(s.keep::text), ' /* ', s.kind, ' */')
  from place join dbsvc.time_series s on s.schema_name = place.home where not place.is_hidden`

export const relationObjects: readonly string[] = [tables, views, sequences, options, comments, timeSeries]
