import pg from 'pg'
import { placeOf } from '../../../core/company/id.ts'
import type { CompanySpec } from '../../../core/company/spec.ts'
import type { LoginLimits } from '../../../core/company/tier.ts'
import { clusterName } from '../migration/render.ts'
import { scramVerifier } from '../scram.ts'
import { renderLoginLimits } from './login-limits.ts'

const { escapeIdentifier: identifier, escapeLiteral: literal } = pg

/** A company to be made, with the password of its LOGIN role where it gets one. */
export interface Provision {
  readonly spec: CompanySpec
  readonly password: string | null
  /** What its LOGIN role is held to. */
  readonly limits?: LoginLimits
}

/**
 * Everything a company has before its first migration: its row, its target, its schema, its grants. The shared role may use
 * the schema and reach in it only what row security covers; it owns nothing and may create nothing.
 */
export function renderProvision(provisions: readonly Provision[], state: 'provisioning' | 'active'): string {
  const values = provisions.map(({ spec, password }) => {
    const role = password === null ? 'null' : literal(placeOf(spec.company))
    const json = (value: object | undefined): string => literal(JSON.stringify(value ?? {}))
    return (
      `(${literal(spec.company)}, ${literal(spec.name ?? spec.company)}, ${literal(spec.tier ?? 'free')}, ` +
      `${json(spec.labels)}, ${json(spec.limits)}, '${state}', ${role})`
    )
  })
  const ids = provisions.map(({ spec }) => literal(spec.company))
  return [
    `insert into dbsvc.companies (company_id, name, tier, labels, limits, state, login_role) values ${values.join(', ')};`,
    `insert into dbsvc.targets (engine, cluster, scope, company_id)
       select 'postgres', '${clusterName}', 'tenant', unnest(array[${ids.join(',')}]);`,
    `insert into dbsvc.company_events (company_id, event) select unnest(array[${ids.join(',')}]), 'created';`,
    ...provisions.flatMap(renderPlace),
  ].join('\n')
}

/** The schema of a company, its grants, and its LOGIN role where it gets one. */
export function renderPlace({ spec, password, limits }: Provision): string[] {
  const place = identifier(placeOf(spec.company))
  const login =
    password === null
      ? []
      : [
          ...renderLogin(spec, password),
          ...(limits === undefined ? [] : [renderLoginLimits(placeOf(spec.company), limits)]),
        ]
  const reachedBy = password === null ? 'database_service_role' : `database_service_role, ${place}`
  return [
    ...login,
    `create schema ${place} authorization dbsvc_owner;`,
    `grant usage on schema ${place} to ${reachedBy};`,
    `alter default privileges for role dbsvc_owner in schema ${place} grant select, insert, update, delete on tables to ${reachedBy};`,
  ]
}

/** The role inherits from dbsvc_companies what it may do with shared tables; its own settings only save it typing. */
function renderLogin({ company }: CompanySpec, password: string): string[] {
  const role = identifier(placeOf(company))
  return [
    `create role ${role} login inherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication
       password ${literal(scramVerifier(password))};`,
    `grant dbsvc_companies to ${role};`,
    `alter role ${role} set search_path = ${role}, public;`,
    `alter role ${role} set app.current_company_id = ${literal(company)};`,
  ]
}
