import { nodesOf, type PlanNode } from './plan.ts'

/** Whose plan it is, and the time series that it may read, as `public.trading_ticks`. */
export interface MaskTerms {
  readonly company: string
  readonly series: readonly string[]
}

// Of a node nothing else is told: what is added by a later PostgreSQL is left out until somebody has looked at it.
const shownFields: ReadonlySet<string> = new Set([
  ...[
    'Node Type',
    'Parent Relationship',
    'Subplan Name',
    'Strategy',
    'Partial Mode',
    'Operation',
    'Join Type',
    'Command',
  ],
  ...['Relation Name', 'Schema', 'Alias', 'Function Name', 'CTE Name', 'Index Name', 'Scan Direction', 'Inner Unique'],
  ...['Startup Cost', 'Total Cost', 'Plan Rows', 'Plan Width'],
  ...['Filter', 'Index Cond', 'Recheck Cond', 'Hash Cond', 'Merge Cond', 'Join Filter', 'One-Time Filter', 'Order By'],
  ...['Sort Key', 'Presorted Key', 'Group Key', 'Cache Key', 'Conflict Resolution', 'Conflict Arbiter Indexes'],
])
const sizeFields = ['Startup Cost', 'Total Cost', 'Plan Rows', 'Plan Width'] as const

/** As policies and views of time series write them; what they prove is no business of the caller's. */
const proofs: readonly (readonly [RegExp, string])[] = [
  [/^CASE WHEN \(split_part\(.*\) ELSE dbsvc\.verified_company\(\) END$/, '<company>'],
  [/^CASE WHEN \(split_part\(.*\) ELSE dbsvc\.verified_user\(\) END$/, '<user>'],
  [/dbsvc[._]/, '<proof>'],
]

/** A plan without what is dbsvc's own: the look-ups of its policies, and the private tables, partitions and chunks below its views. */
export function maskPlan(root: PlanNode, terms: MaskTerms): PlanNode {
  const hidden = hiddenTerms(root)
  const aliases = aliasesOf(root, terms)
  const masked = (text: string): string => {
    let result = text
    for (const [term, name] of hidden) result = result.replaceAll(term, name)
    result = result.replace(/current_setting\('app\.current_company_id'::text(?:, true)?\)/g, '<company>')
    result = result.replace(/\b[\w$]+(?=\.)/g, (alias) => aliases.get(alias) ?? alias)
    return result.replace(/\bdbsvc[._]\w+/g, '<policy>')
  }
  const maskNode = (node: PlanNode, above: string | null): PlanNode => {
    const series = isPrivate(node, terms) ? (seriesOf(node, terms) ?? above) : null
    const fields = Object.entries(node)
      .filter(([field]) => shownFields.has(field))
      .map(([field, value]) => [field, maskValue(value, masked)])
    const below = (node.Plans ?? [])
      .filter((plan) => proofOf(plan) === null)
      .map((plan) => maskNode(plan, series ?? above))
    return {
      ...(Object.fromEntries(fields) as PlanNode),
      ...(isPrivate(node, terms) ? shownSeries(node, series, aliases) : {}),
      ...(below.length === 0 ? {} : { Plans: distinct(below) }),
    }
  }
  return maskNode(root, null)
}

/** Whether costs and counts of rows may be told: those of shared tables come of what all companies have in them. */
export const isOwnOnly = (root: PlanNode, company: string): boolean =>
  nodesOf(root).every(({ Schema, 'Relation Name': relation }) => {
    return relation === undefined || Schema === `tenant_${company}` || Schema === `private_${company}`
  })

export function withoutSizes(node: PlanNode): PlanNode {
  const fields = Object.fromEntries(Object.entries(node).filter(([field]) => !sizeFields.includes(field as never)))
  return {
    ...(fields as PlanNode),
    // Partitions and chunks differ in nothing else, and their number is a size as well.
    ...(node.Plans === undefined ? {} : { Plans: distinct(node.Plans.map(withoutSizes)) }),
  }
}

function maskValue(value: unknown, masked: (text: string) => string): unknown {
  if (typeof value === 'string') return masked(value)
  return Array.isArray(value) ? value.map((member) => maskValue(member, masked)) : value
}

/** What stands for the result of a policy's look-up, such as `(InitPlan 1).col1`, which was `$0` before PostgreSQL 17. */
function hiddenTerms(root: PlanNode): Map<string, string> {
  const terms = new Map<string, string>()
  for (const node of nodesOf(root)) {
    const name = proofOf(node)
    if (name === null) continue
    const [, number, parameter] = /^InitPlan (\d+)(?: \(returns (\$\d+)\))?/.exec(node['Subplan Name'] ?? '') ?? []
    if (number !== undefined) terms.set(parameter ?? `(InitPlan ${number}).col1`, name)
  }
  return terms
}

function proofOf({ 'Parent Relationship': relationship, Output }: PlanNode): string | null {
  if (relationship !== 'InitPlan' || Output?.length !== 1) return null
  return proofs.find(([shape]) => shape.test(Output[0] ?? ''))?.[1] ?? null
}

const isPrivate = ({ Schema, 'Relation Name': relation }: PlanNode, { company }: MaskTerms): boolean =>
  relation !== undefined && Schema !== undefined && Schema !== 'public' && Schema !== `tenant_${company}`

/** The series that a private table or partition is of; a chunk's name does not tell. */
function seriesOf({ Schema, 'Relation Name': relation = '' }: PlanNode, { company, series }: MaskTerms): string | null {
  const place = Schema === 'private_shared' ? 'public' : Schema === `private_${company}` ? `tenant_${company}` : null
  const found = series.filter(
    (name) => `${place}.${relation}` === name || `${place}.${relation}`.startsWith(`${name}_`),
  )
  return found.toSorted((one, other) => other.length - one.length)[0] ?? null
}

/** Partitions are trading_ticks_1, _2 and so on in a plan, chunks are called as they are. */
function aliasesOf(root: PlanNode, terms: MaskTerms): Map<string, string> {
  const aliases = new Map<string, string>()
  let last = 'time_series'
  for (const node of nodesOf(root)) {
    if (!isPrivate(node, terms) || node.Alias === undefined) continue
    const shown = node.Alias.startsWith('_hyper_') ? last : node.Alias.replace(/_\d+$/, '')
    last = shown
    aliases.set(node.Alias, shown)
  }
  return aliases
}

function shownSeries(node: PlanNode, series: string | null, aliases: ReadonlyMap<string, string>): Partial<PlanNode> {
  const [schema, relation] = (series ?? '.time series').split('.')
  return {
    'Relation Name': relation ?? '',
    Schema: schema === '' ? undefined : schema,
    Alias: aliases.get(node.Alias ?? '') ?? node.Alias ?? '',
    // Of a partition or a chunk, made up of its name.
    'Index Name': undefined,
  } as Partial<PlanNode>
}

function distinct(nodes: readonly PlanNode[]): PlanNode[] {
  return [...new Map(nodes.map((node) => [JSON.stringify(node), node])).values()]
}
