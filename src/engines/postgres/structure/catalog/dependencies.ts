import { placeAndMember, unqualified } from './normalise.ts'
import { relation } from './relations.ts'

/**
 * Which of a schema's types, sequences, routines, tables and views must be there before which: rows of (dependent, needed), each
 * a kind and a name. What PostgreSQL hangs below a table, such as a default, counts as the table.
 */
export const dependencyQuery = `with ${placeAndMember},
${relation},
node (classid, objid, key) as materialized (
  select 'pg_class'::regclass::oid, r.oid, ${kindOfRelation('r')} || ' ' || r.place from relation r
  union all select 'pg_type'::regclass, t.oid, ${kindOfRelation('r')} || ' ' || r.place
    from relation r join pg_class c on c.oid = r.oid join pg_type t on t.oid = c.reltype
  union all select 'pg_attrdef'::regclass, d.oid, 'table ' || r.place from relation r join pg_attrdef d on d.adrelid = r.oid
  union all select 'pg_constraint'::regclass, k.oid, 'table ' || r.place
    from relation r join pg_constraint k on k.conrelid = r.oid and k.contype in ('c', 'p', 'u', 'x')
  union all select 'pg_rewrite'::regclass, w.oid, 'view ' || r.place
    from relation r join pg_rewrite w on w.ev_class = r.oid where r.relkind in ('v', 'm')
  union all select 'pg_proc'::regclass, p.oid, 'routine ' || ${unqualified('p.oid::regprocedure::text', 'm')}
    from member m join pg_proc p on p.oid = m.objid where m.classid = 'pg_proc'::regclass
  union all select 'pg_type'::regclass, t.oid, 'type ' || ${unqualified('m.objid::regtype::text', 'm')}
    from member m join pg_type t on m.objid in (t.oid, nullif(t.typelem, 0)) where m.classid = 'pg_type'::regclass
  union all select 'pg_class'::regclass, t.typrelid, 'type ' || ${unqualified('t.oid::regtype::text', 'm')}
    from member m join pg_type t on t.oid = m.objid where m.classid = 'pg_type'::regclass and t.typrelid <> 0
  union all select 'pg_constraint'::regclass, k.oid, 'type ' || ${unqualified('k.contypid::regtype::text', 'm')}
    from member m join pg_constraint k on k.contypid = m.objid where m.classid = 'pg_type'::regclass
)
select distinct a.key as dependent, b.key as needed
from node a
join pg_depend d on d.classid = a.classid and d.objid = a.objid
join node b on b.classid = d.refclassid and b.objid = d.refobjid
where a.key <> b.key and not (a.key like 'sequence %' and d.deptype = 'a')
order by 1, 2`

function kindOfRelation(row: string): string {
  return `case ${row}.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'view' else 'table' end`
}
