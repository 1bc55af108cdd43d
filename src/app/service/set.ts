import { DbsvcError } from '../../core/errors/error.ts'
import type { ServiceGrants } from '../../core/service/grants.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import type { Session } from '../session.ts'

/** What is left out stays. */
export type GrantChange = { readonly [Grant in keyof ServiceGrants]?: ServiceGrants[Grant] | undefined }

export interface ChangedGrants {
  readonly was: ServiceGrants
  readonly now: ServiceGrants
}

const columns = (of: string): string =>
  `'companies', ${of}.companies, 'engines', ${of}.engines, 'verbs', ${of}.verbs, 'userOnly', not ${of}.whole_company`

/** Changes what a service may do, with all its keys and certificates; routers know within seconds. @throws DBS-2112 there is none */
export async function setService(
  { client, place }: Session,
  service: string,
  { companies, engines, verbs, userOnly }: GrantChange,
): Promise<ChangedGrants> {
  await requireControl(client, place)
  const { rows } = await client.query<ChangedGrants>(
    `with was as (
       select * from dbsvc.services where service = $1 for update
     ), now as (
       update dbsvc.services s set companies = case when $2 then $3::text[] else s.companies end,
         engines = coalesce($4, s.engines), verbs = coalesce($5, s.verbs), whole_company = coalesce($6, s.whole_company),
         updated_at = now()
       from was where s.service = was.service
       returning s.*
     )
     select jsonb_build_object(${columns('was')}) as was, jsonb_build_object(${columns('now')}) as now from was, now`,
    [
      service,
      companies !== undefined,
      companies ?? null,
      engines ?? null,
      verbs ?? null,
      userOnly === undefined ? null : !userOnly,
    ],
  )
  const [changed] = rows
  if (changed === undefined) throw DbsvcError.of('DBS-2112', { service })
  return changed
}
