import { findExposed } from '../../../engines/postgres/doctor/exposure.ts'
import {
  findLooseProofs,
  findLooseUserPolicies,
  findWideSights,
  ownerSight,
} from '../../../engines/postgres/doctor/policies.ts'
import { findChangedViews } from '../../../engines/postgres/doctor/series-views.ts'
import { defineCheck } from '../check.ts'

export const exposure = defineCheck({
  id: 'exposure',
  engine: 'postgres',
  needs: 'control',
  summary: 'no table, view, partition or chunk can be reached by companies without the proof of who is asking',
  findings: {
    'relation-exposed': {
      severity: 'error',
      means: 'Every company can read or change what is in it, whoever it belongs to.',
    },
    'series-view-changed': {
      severity: 'error',
      means:
        'What lies behind the view has no row security of its own: without the condition every company reads it, without the barrier functions in a query see rows before the condition does, and without the check option a company writes rows of others.',
    },
    'owner-sight-wide': {
      severity: 'error',
      means:
        'A function with SECURITY DEFINER, or a migration of companies, that reads the table as dbsvc_owner sees the rows of all companies.',
    },
    'user-policy-missing': {
      severity: 'error',
      means: 'A user can change or delete rows that belong to the whole company, which he may only read.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    const exposed = await findExposed(client)
    const proofs = await findLooseProofs(client)
    const views = await findChangedViews(client)
    const sights = await findWideSights(client)
    const policies = await findLooseUserPolicies(client)
    return [
      ...exposed.map(({ relation, protect, grantees }) => ({
        id: 'relation-exposed' as const,
        message: `${relation} can be reached without proof`,
        mend: protect === null ? `revoke all on ${relation} from ${grantees}` : `set role dbsvc_owner; ${protect}`,
      })),
      ...proofs.map(({ relation, schema, scope }) => ({
        id: 'relation-exposed' as const,
        message: `${relation} can be reached without proof: its policy company_proof has an alternative`,
        mend: `drop policy company_proof on ${relation}; set role dbsvc_owner; select dbsvc.protect('${scope}', array['${schema}'])`,
      })),
      ...views.map(({ view, schema, name, lacks }) => ({
        id: 'series-view-changed' as const,
        message: `${view} has not what dbsvc gives the view of a time series: ${lacks.join(', ')}`,
        mend: `set role dbsvc_owner; set search_path = ${schema}; select dbsvc.refresh_time_series('${name}'); reset search_path; reset role`,
      })),
      ...sights.map(({ relation, policy, own }) => ({
        id: 'owner-sight-wide' as const,
        message: `policy ${policy} on ${relation} shows dbsvc_owner rows of all companies, whoever is behind it`,
        mend: own
          ? `alter policy ${policy} on ${relation} using (${ownerSight}) with check (${ownerSight})`
          : `drop policy ${policy} on ${relation}`,
      })),
      ...policies.map(({ relation, schema, scope }) => ({
        id: 'user-policy-missing' as const,
        message: `${relation} lacks the policy user_update or user_delete, or has another one of that name`,
        mend: `drop policy if exists user_update on ${relation}; drop policy if exists user_delete on ${relation}; set role dbsvc_owner; select dbsvc.protect('${scope}', array['${schema}'])`,
      })),
    ]
  },
})
