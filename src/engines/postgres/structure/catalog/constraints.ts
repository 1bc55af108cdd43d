import { unqualified } from './normalise.ts'

/** Those that a partition inherits come with its parent's. */
const constraints = `select r.company, 'constraint' as kind, r.place as "on", quote_ident(k.conname) as name,
    ${unqualified('pg_get_constraintdef(k.oid)', 'r')} as definition
  from relation r join pg_constraint k on k.conrelid = r.oid
  where r.relkind in ('r', 'p', 'f') and k.contype in ('c', 'f', 'p', 'u', 'x') and k.conparentid = 0 and k.conislocal`

/** The index of a constraint is the constraint's. */
const indexes = `select r.company, 'index', r.place, quote_ident(x.relname),
    concat(case when i.indisunique then 'unique ' end, substr(d.text, strpos(d.text, ' USING ') + 1),
      case when not i.indisvalid then ' (invalid)' end)
  from relation r join pg_index i on i.indrelid = r.oid join pg_class x on x.oid = i.indexrelid,
    lateral (select ${unqualified('pg_get_indexdef(i.indexrelid)', 'r')} as text) d
  where r.relkind in ('r', 'p', 'm') and not x.relispartition
    and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = x.oid
      and e.refclassid = 'pg_constraint'::regclass and e.deptype = 'i')`

const statistics = `select m.company, 'statistics', '', quote_ident(s.stxname), ${unqualified('pg_get_statisticsobjdef(s.oid)', 'm')}
  from member m join pg_statistic_ext s on s.oid = m.objid where m.classid = 'pg_statistic_ext'::regclass`

const comments = `select r.company, 'comment', 'constraint ' || quote_ident(k.conname) || ' on ' || r.place, '', quote_literal(d.description)
  from relation r join pg_constraint k on k.conrelid = r.oid
  join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = k.oid
  union all
  select r.company, 'comment', 'index ' || quote_ident(x.relname), '', quote_literal(d.description)
  from relation r join pg_index i on i.indrelid = r.oid join pg_class x on x.oid = i.indexrelid
  join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = x.oid and d.objsubid = 0`

export const constraintObjects: readonly string[] = [constraints, indexes, statistics, comments]
