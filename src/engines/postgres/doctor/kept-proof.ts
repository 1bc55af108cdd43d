import type pg from 'pg'

/** Where dbsvc.enter keeps what it has verified: a parameter that sessions must not be able to set. */
export const proofParameter = 'backtrace_functions'

export interface KeptProof {
  /** Whether dbsvc.enter may write there; else each policy verifies the token again. */
  readonly kept: boolean
  /** Who else may, quoted; PUBLIC for everybody. */
  readonly others: readonly string[]
  /** Whether a role, a database or the server itself gives sessions a value that looks like a proof. */
  readonly preset: boolean
}

export async function readKeptProof(client: pg.Client): Promise<KeptProof> {
  const { rows } = await client.query<KeptProof>(
    `select has_parameter_privilege('dbsvc_keeper', $1, 'set') as kept,
       array(select distinct case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end
         from pg_parameter_acl p cross join aclexplode(p.paracl) a
         where p.parname = $1 and a.grantee <> 'dbsvc_keeper'::regrole
           and not exists (select from pg_roles r where r.oid = a.grantee and r.rolsuper) order by 1) as others,
       exists (select from pg_settings s where s.name = $1 and s.reset_val ~ '^dbsvc ')
         or exists (select from pg_db_role_setting s cross join unnest(s.setconfig) c where starts_with(c, $1 || '=dbsvc ')) as preset`,
    [proofParameter],
  )
  const [found] = rows
  if (found === undefined) throw new Error('a select without from gave no row')
  return found
}
