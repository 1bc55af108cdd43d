import { unqualified } from './normalise.ts'

const enumeration = `(select 'as enum (' || coalesce(string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder), '') || ')'
  from pg_enum e where e.enumtypid = t.oid)`

const domain = `concat('domain as ', ${unqualified('format_type(t.typbasetype, t.typtypmod)', 'm')},
  (select ' collate ' || ${unqualified('t.typcollation::regcollation::text', 'm')} from pg_type b
   where b.oid = t.typbasetype and b.typcollation <> t.typcollation),
  ' default ' || ${unqualified('t.typdefault', 'm')}, case when t.typnotnull then ' not null' end,
  (select string_agg(concat(' constraint ', quote_ident(k.conname), ' ', ${unqualified('pg_get_constraintdef(k.oid)', 'm')}), '' order by k.conname)
   from pg_constraint k where k.contypid = t.oid and k.contype = 'c'))`

const composite = `(select 'as (' || coalesce(string_agg(concat(quote_ident(a.attname), ' ', ${unqualified('format_type(a.atttypid, a.atttypmod)', 'm')}),
    ', ' order by a.attnum), '') || ')'
  from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)`

const range = `(select concat('as range (subtype = ', ${unqualified('format_type(g.rngsubtype, null)', 'm')},
    (select ', subtype_opclass = ' || quote_ident(o.opcname) from pg_opclass o where o.oid = g.rngsubopc and not o.opcdefault), ')')
  from pg_range g where g.rngtypid = t.oid)`

const types = `select m.company, 'type' as kind, '' as "on", ${unqualified('t.oid::regtype::text', 'm')} as name,
    case t.typtype when 'e' then ${enumeration} when 'd' then ${domain} when 'c' then ${composite} else ${range} end as definition
  from member m join pg_type t on t.oid = m.objid where m.classid = 'pg_type'::regclass and t.typtype in ('e', 'd', 'r', 'c')`

const comments = `select m.company, 'comment', 'type ' || ${unqualified('t.oid::regtype::text', 'm')}, '', quote_literal(d.description)
  from member m join pg_type t on t.oid = m.objid
  join pg_description d on d.classoid = 'pg_type'::regclass and d.objoid = t.oid and d.objsubid = 0
  where m.classid = 'pg_type'::regclass and t.typtype in ('e', 'd', 'r', 'c')`

/** Operators, text search configurations and whatever else may live in a schema: that they are there, and no more. */
const others = `select m.company, 'other', '', o.type || ' ' || ${unqualified('o.identity', 'm')}, ''
  from member m, pg_identify_object(m.classid, m.objid, 0) o
  where m.classid <> all (array['pg_class', 'pg_type', 'pg_proc', 'pg_default_acl', 'pg_statistic_ext', 'pg_constraint']::regclass[])`

export const typeObjects: readonly string[] = [types, comments, others]
