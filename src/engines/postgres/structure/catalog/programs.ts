import { unqualified } from './normalise.ts'

/**
 * A body is text, and PostgreSQL prints it as it was written: the schema's name in it was the author's choice and stays, as
 * `tenant_{company}`. Everything around the body is printed qualified.
 */
const body = `replace(p.prosrc, m.home, m.home_token)`
const head = unqualified(
  `replace(replace(pg_get_functiondef(p.oid), p.prosrc, chr(1)), quote_literal(m.home), quote_literal(m.home_token))`,
  'm',
)

const aggregate = `(select concat('sfunc = ', ${unqualified('g.aggtransfn::regproc::text', 'm')}, ', stype = ',
    ${unqualified('format_type(g.aggtranstype, null)', 'm')},
    case when g.aggfinalfn <> 0 then ', finalfunc = ' || ${unqualified('g.aggfinalfn::regproc::text', 'm')} end,
    case when g.aggcombinefn <> 0 then ', combinefunc = ' || ${unqualified('g.aggcombinefn::regproc::text', 'm')} end,
    ', initcond = ' || quote_literal(g.agginitval), case when p.proparallel = 's' then ', parallel = safe' end)
  from pg_aggregate g where g.aggfnoid = p.oid)`

const routines = `select m.company, 'routine' as kind, '' as "on", ${unqualified('p.oid::regprocedure::text', 'm')} as name,
    case p.prokind when 'a' then 'aggregate ' || ${aggregate} else replace(${head}, chr(1), ${body}) end as definition
  from member m join pg_proc p on p.oid = m.objid where m.classid = 'pg_proc'::regclass`

/** Clones of a partitioned table's triggers come with the parent's. */
const ownTriggers = `relation r join pg_trigger g on g.tgrelid = r.oid and not g.tgisinternal and g.tgparentid = 0`

const triggers = `select r.company, 'trigger', r.place, quote_ident(g.tgname), ${unqualified('pg_get_triggerdef(g.oid)', 'r')}
  from ${ownTriggers}
  union all select r.company, 'trigger state', r.place, quote_ident(g.tgname),
    case g.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end
  from ${ownTriggers} where g.tgenabled <> 'O'`

const rules = `select r.company, 'rule', r.place, quote_ident(w.rulename), ${unqualified('pg_get_ruledef(w.oid)', 'r')}
  from relation r join pg_rewrite w on w.ev_class = r.oid and w.rulename <> '_RETURN'`

const comments = `select m.company, 'comment', 'routine ' || ${unqualified('p.oid::regprocedure::text', 'm')}, '', quote_literal(d.description)
  from member m join pg_proc p on p.oid = m.objid
  join pg_description d on d.classoid = 'pg_proc'::regclass and d.objoid = p.oid where m.classid = 'pg_proc'::regclass`

export const programObjects: readonly string[] = [routines, triggers, rules, comments]
