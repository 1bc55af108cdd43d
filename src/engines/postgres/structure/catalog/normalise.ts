/**
 * What every query of the catalogue starts from: `place`, the schemas asked for, and `member`, what they hold. By pg_depend,
 * because pg_class, pg_type and pg_proc have no index that starts with the schema. Members of extensions
 * are not the schema's, and what PostgreSQL has made for something else, such as an identity's sequence, belongs to that.
 */
export const placeAndMember = `place as materialized (
  select p.company, p.home, n.oid as namespace, n.nspname = p.hidden as is_hidden, n.nspowner, n.nspacl,
    p.home || '.' as prefix, p.hidden || '.' as hidden_prefix,
    case when p.company = '' then p.hidden || '.' else 'private_{company}.' end as hidden_token,
    case when p.company = '' then p.home else 'tenant_{company}' end as home_token
  from unnest($1::text[], $2::text[], $3::text[]) as p (company, home, hidden)
  join pg_namespace n on n.nspname = any (array[p.home, p.hidden])
),
member as materialized (
  select place.*, d.classid, d.objid
  from place
  join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = place.namespace and d.deptype in ('n', 'a')
  where not exists (select from pg_depend e where e.classid = d.classid and e.objid = d.objid and e.objsubid = 0
    and e.deptype in ('e', 'i'))
)`

/** Takes the schema's own name out of what PostgreSQL prints with every name qualified; `row` has the columns of place. */
export const unqualified = (text: string, row: string): string =>
  `replace(replace(${text}, ${row}.prefix, ''), ${row}.hidden_prefix, ${row}.hidden_token)`

/**
 * The same for what may name the company by its id: policies, and views that stand in for them. OFFSET 0 keeps the planner from
 * printing the expression once for each use of it.
 */
export const withoutCompany = (text: string, row: string): string =>
  `(select case when ${row}.company <> '' and strpos(named.text, 'current_company') > 0
      then replace(named.text, quote_literal(${row}.company) || '::text', '''{company}''::text') else named.text end
    from (select ${unqualified(text, row)} as text offset 0) named)`

/** A role by its oid, in which the company's own LOGIN role reads `tenant_{company}`; 0 is everybody. */
export const role = (oid: string, row: string): string =>
  `case when ${oid} = 0 then 'public' when ${row}.company <> '' and ${oid}::regrole::text = ${row}.home then ${row}.home_token
    else ${oid}::regrole::text end`
