import { role, unqualified } from './normalise.ts'

const schemaNoun = `'schema ' || case when s.is_hidden then rtrim(s.hidden_token, '.') else s.home_token end`
const routineNoun = `'routine ' || ${unqualified('p.oid::regprocedure::text', 'm')}`
const typeNoun = `'type ' || ${unqualified('t.oid::regtype::text', 'm')}`
const standalone = `t.typtype in ('e', 'd', 'r', 'c')`

// ALTER TABLE … OWNER and GRANT … ON TABLE take views too, and no other word for them.
const relationNoun = `case r.relkind when 'S' then 'sequence ' else 'table ' end || r.place`

const schemas = `select s.company, 'schema' as kind, '' as "on", ${schemaNoun} as name, '' as definition from place s`

const owners = `select s.company, 'owner', ${schemaNoun}, '', ${role('s.nspowner', 's')} from place s
  union all select r.company, 'owner', ${relationNoun}, '', ${role('r.relowner', 'r')} from relation r
  union all select m.company, 'owner', ${routineNoun}, '', ${role('p.proowner', 'm')}
    from member m join pg_proc p on p.oid = m.objid where m.classid = 'pg_proc'::regclass
  union all select m.company, 'owner', ${typeNoun}, '', ${role('t.typowner', 'm')}
    from member m join pg_type t on t.oid = m.objid where m.classid = 'pg_type'::regclass and ${standalone}`

/** The owner's own privileges are left out: they follow from owning. */
const grantsOf = (row: string, noun: string, acl: string, owner: string, source: string): string =>
  `select ${row}.company, 'grant', ${noun},
     concat(${role('g.grantee', row)}, case when g.is_grantable then ' with grant option' end),
     string_agg(distinct g.privilege_type, ', ' order by g.privilege_type)
   from ${source}, aclexplode(${acl}) g where g.grantee <> ${owner}`

const grants = [
  `${grantsOf('s', schemaNoun, 's.nspacl', 's.nspowner', 'place s')}
   group by s.company, s.home, s.is_hidden, s.hidden_token, s.home_token, g.grantee, g.is_grantable`,
  `${grantsOf('r', relationNoun, 'r.relacl', 'r.relowner', 'relation r')}
   group by r.company, r.home, r.home_token, r.relkind, r.place, g.grantee, g.is_grantable`,
  `${grantsOf('m', routineNoun, `coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner', 'member m join pg_proc p on p.oid = m.objid')}
   and m.classid = 'pg_proc'::regclass
   group by m.company, m.home, m.home_token, m.prefix, m.hidden_prefix, m.hidden_token, p.oid, g.grantee, g.is_grantable`,
  `${grantsOf('m', typeNoun, `coalesce(t.typacl, acldefault('T', t.typowner))`, 't.typowner', 'member m join pg_type t on t.oid = m.objid')}
   and m.classid = 'pg_type'::regclass and ${standalone}
   group by m.company, m.home, m.home_token, m.prefix, m.hidden_prefix, m.hidden_token, t.oid, g.grantee, g.is_grantable`,
].join('\nunion all ')

const columnGrants = `select r.company, 'column grant', ${relationNoun}, ${role('g.grantee', 'r')},
    string_agg(distinct g.privilege_type || ' (' || quote_ident(a.attname) || ')', ', ' order by g.privilege_type || ' (' || quote_ident(a.attname) || ')')
  from relation r join pg_attribute a on a.attrelid = r.oid and a.attacl is not null, aclexplode(a.attacl) g
  where g.grantee <> r.relowner and a.attnum > 0 and not a.attisdropped
  group by r.company, r.home, r.home_token, r.relkind, r.place, g.grantee`

const defaultPrivileges = `select m.company, 'default privilege',
    concat('for role ', d.defaclrole::regrole, ' in schema ', case when m.is_hidden then rtrim(m.hidden_token, '.') else m.home_token end),
    concat(case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'routines' when 'T' then 'types' end,
      ' to ', ${role('g.grantee', 'm')}),
    string_agg(distinct g.privilege_type, ', ' order by g.privilege_type)
  from member m join pg_default_acl d on d.oid = m.objid, aclexplode(d.defaclacl) g
  where m.classid = 'pg_default_acl'::regclass
  group by m.company, m.home, m.home_token, m.is_hidden, m.hidden_token, d.defaclrole, d.defaclobjtype, g.grantee`

export const accessObjects: readonly string[] = [schemas, owners, grants, columnGrants, defaultPrivileges]
