import { describeCompany, describeShared, type Reference, withoutProtections } from './reference.ts'
import type { State, Target } from './state.ts'

/** What is half-applied, half-made or unprotected in a state that an interruption left behind; nothing, if all is well. */
export function findHalfWay(state: State, reference: Reference, { whole }: { readonly whole: boolean }): string[] {
  return [
    ...halfMade(state),
    ...state.targets.flatMap((target) => halfApplied(target, state, reference)),
    ...(whole ? incompleteButActive(state, reference) : []),
    ...unprotected(state),
  ]
}

/** A company is a row, a target and a schema, or nothing. */
function halfMade({ companies, targets, schemas }: State): string[] {
  const rows = Object.keys(companies)
  const places = Object.keys(schemas).flatMap((name) => /^tenant_(.*)$/.exec(name)?.[1] ?? [])
  const listed = targets.filter((target) => target.scope === 'tenant').map((target) => target.company)
  return [...new Set([...rows, ...places, ...listed])].flatMap((company) => {
    const parts = [rows, places, listed].filter((some) => some.includes(company)).length
    return parts === 3 ? [] : [`${company} is half-made`]
  })
}

function halfApplied(target: Target, state: State, reference: Reference): string[] {
  const { scope, company, applied } = target
  const recorded = state.ledger.filter((line) => line.startsWith(company === '' ? `${scope} ` : `${scope} ${company} `))
  const name = company === '' ? scope : company
  const problems =
    recorded.length === applied ? [] : [`${name} has ${recorded.length} ledger rows, and stands at ${applied}`]
  if (scope === 'control') return problems
  const found = scope === 'shared' ? describeShared(state.schemas) : describeCompany(company, state.schemas)
  if (found === reference[scope as 'shared' | 'tenant'][applied]) return problems
  if (scope === 'tenant' && found === reference.tenantBack[applied]) return problems
  const underWay = scope === 'tenant' && applied === reference.outsideAt
  if (underWay && reference.outsideSteps.includes(withoutProtections(found))) return problems
  return [...problems, `${name} is not what ${applied} migrations make of it:\n${found}`]
}

function incompleteButActive({ companies, targets }: State, reference: Reference): string[] {
  return targets
    .filter(
      ({ scope, company, applied }) =>
        scope === 'tenant' && applied < reference.tenant.length - 1 && / active/.test(companies[company] ?? ''),
    )
    .map(({ company, applied }) => `${company} is active after ${applied} migrations`)
}

/** Holds at every moment: no table is committed without its protection. */
function unprotected({ schemas }: State): string[] {
  return Object.entries(schemas)
    .filter(([schema]) => schema === 'public' || schema.startsWith('tenant_'))
    .flatMap(([schema, description]) => {
      const lines = description.split('\n')
      const tables = lines.flatMap((line) => /^table (\S+)/.exec(line)?.[1] ?? [])
      return tables
        .filter(
          (table) =>
            !lines.includes(`security of ${table} owner dbsvc_owner enabled forced`) ||
            !lines.some((line) => line.startsWith(`policy ${table} company_proof restrictive `)),
        )
        .map((table) => `${schema}.${table} is unprotected`)
    })
}
