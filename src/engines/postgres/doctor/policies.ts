import type pg from 'pg'

export interface LoosePolicies {
  /** Quoted where SQL wants it so, like all names here. */
  readonly relation: string
  readonly schema: string
  readonly scope: 'shared' | 'tenant'
}

export interface WideSight {
  readonly relation: string
  readonly policy: string
  /** Whether it is the one that dbsvc makes, and to be narrowed; any other is to go. */
  readonly own: boolean
}

// The policy is there, restricts whom it is to, and calls for the user without an alternative. As dbsvc.relations_of does it, that is read off
// the stored tree: pg_get_expr would open every table of every company.
const restrictsUsers = (alias: string): string => `
  not ${alias}.polpermissive
  and array['database_service_role'::regrole::oid, 'dbsvc_companies'::regrole::oid] <@ ${alias}.polroles
  and split_part(${alias}.polqual::text, call.user_id, 2) <> ''
  and split_part(${alias}.polqual::text, ':boolop or', 2) = ''`

const userPoliciesQuery = `
  select format('%I.%I', n.nspname, c.relname) as relation, n.nspname as schema,
    case n.nspname when 'public' then 'shared' else 'tenant' end as scope
  from pg_policy proof
  join pg_class c on c.oid = proof.polrelid and c.relowner = 'dbsvc_owner'::regrole
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute u on u.attrelid = c.oid and u.attname = 'user_id' and not u.attisdropped and not u.attnotnull
  cross join (select ':funcid ' || 'dbsvc.current_user_id()'::regprocedure::oid || ' ' as user_id) call
  where proof.polname = 'company_proof' and (n.nspname = 'public' or n.nspname ~ '^tenant_') and (
    select count(*) from pg_policy p
    where p.polrelid = c.oid and (p.polname, p.polcmd) in (('user_update', 'w'), ('user_delete', 'd')) and ${restrictsUsers('p')}
  ) < 2
  order by 1`

/** Tables whose rows without a user could be changed or deleted by any user of the company. */
export async function findLooseUserPolicies(client: pg.Client): Promise<LoosePolicies[]> {
  const { rows } = await client.query<LoosePolicies>(userPoliciesQuery)
  return rows
}

const ors = (tree: string): string => `cardinality(string_to_array(${tree}, ':boolop or')) - 1`
const looseProofsQuery = `
  select format('%I.%I', n.nspname, c.relname) as relation, n.nspname as schema,
    case n.nspname when 'public' then 'shared' else 'tenant' end as scope
  from pg_policy p
  join pg_class c on c.oid = p.polrelid and c.relowner = 'dbsvc_owner'::regrole
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_attribute u on u.attrelid = c.oid and u.attname = 'user_id' and not u.attisdropped
  where p.polname = 'company_proof' and (n.nspname = 'public' or n.nspname ~ '^tenant_')
    -- The one alternative that there may be: a row without a user is read by every user of the company.
    and (${ors('p.polqual::text')} > case when u.attnum is not null and not u.attnotnull then 1 else 0 end
      or ${ors('p.polwithcheck::text')} > 0)
  order by 1`

/** Tables whose proof calls for the company, and lets rows through by something else. */
export async function findLooseProofs(client: pg.Client): Promise<LoosePolicies[]> {
  const { rows } = await client.query<LoosePolicies>(looseProofsQuery)
  return rows
}

/** What dbsvc_owner is to see of a shared table with company_id, as 0024_owner_sight.sql has it; the test holds one against the other. */
export const ownerSight = `case when (select dbsvc.owner_sees_all()) then true else company_id = any (array[(select dbsvc.current_company())]) end`

// As PostgreSQL writes it, without what depends on the column's type.
const storedSight =
  'CASEWHENSELECTdbsvc.owner_sees_allASowner_sees_allTHENtrueELSEcompany_id=ANYARRAY[SELECTdbsvc.current_companyAScurrent_company]END'
const bare = (tree: string): string =>
  `regexp_replace(pg_get_expr(${tree}, p.polrelid), '::(text|character varying)|[()[:space:]]', '', 'g')`

const ownerSightQuery = `
  select format('%I.%I', n.nspname, c.relname) as relation, quote_ident(p.polname) as policy, p.polname = 'owner_access' as own
  from pg_policy p
  join pg_class c on c.oid = p.polrelid and c.relowner = 'dbsvc_owner'::regrole
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
  where p.polpermissive and case
    when 'dbsvc_owner'::regrole::oid = any (p.polroles)
      then ${bare('p.polqual')} is distinct from $1 or ${bare('coalesce(p.polwithcheck, p.polqual)')} is distinct from $1
    when 0 = any (p.polroles) then ${bare('p.polqual')} = 'true' or ${bare('p.polwithcheck')} = 'true'
    else false
  end
  order by 1, 2`

/** Policies that show dbsvc_owner rows of all companies where a company may be behind it. */
export async function findWideSights(client: pg.Client): Promise<WideSight[]> {
  const { rows } = await client.query<WideSight>(ownerSightQuery, [storedSight])
  return rows
}
