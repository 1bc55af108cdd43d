import { type KindName, laterKinds, migrationOf, type Trouble, troubles } from './migrations.ts'
import type { Back, Chosen, Model, ModelCompany } from './model.ts'
import type { Random } from './random.ts'

export type Up = { readonly type: 'up'; readonly to?: string; readonly chosen: Chosen }
export type Create = { readonly type: 'create'; readonly companies: readonly string[] }
export type Drop = { readonly type: 'drop'; readonly company: string }

/** One thing that somebody does to a project or its database. */
export type Operation =
  | { readonly type: 'file'; readonly kind: KindName }
  | Up
  | { readonly type: 'down'; readonly back: Back; readonly chosen: Chosen }
  | { readonly type: 'redo'; readonly chosen: Chosen }
  | Create
  | Drop
  /** Begun at one moment, by two people. */
  | { readonly type: 'together'; readonly up: Up; readonly other: Up | Create | Drop }
  | { readonly type: 'trouble'; readonly company: string; readonly trouble: Trouble; readonly end: boolean }

const names = ['anna', 'bert', 'carl', 'dora', 'emil', 'fred', 'gina']
const mostFiles = 12
// Three failures and no success are the migration's fault, after which it depends on the order who is spared.
const mostTroubled = 2

/** What may happen next. */
export function nextOperation(random: Random, model: Model): Operation {
  const possible = [
    ...weighted(3, newFile(random, model)),
    ...weighted(6, up(random, model)),
    ...weighted(2, together(random, model)),
    ...weighted(4, down(random, model)),
    ...weighted(3, { type: 'redo', chosen: chosen(random, model) }),
    ...weighted(2, create(random, model)),
    ...weighted(1, drop(random, model)),
    ...weighted(12, beginTrouble(random, model)),
    ...weighted(2, endTrouble(random, model)),
  ]
  return random.pick(possible)
}

const weighted = (weight: number, operation: Operation | undefined): Operation[] =>
  operation === undefined ? [] : Array<Operation>(weight).fill(operation)

function newFile(random: Random, { files }: Model): Operation | undefined {
  return files.length < mostFiles ? { type: 'file', kind: random.pick(laterKinds) } : undefined
}

function up(random: Random, model: Model): Up {
  const to = random.chance(0.5) ? {} : { to: random.pick(model.files).version }
  return { type: 'up', ...to, chosen: chosen(random, model) }
}

function together(random: Random, model: Model): Operation {
  const one = up(random, model)
  const dropped = drop(random, model)
  // A company that is gone cannot be chosen.
  const named = [...(one.chosen.tenants ?? []), ...(one.chosen.exclude ?? [])]
  const others = [one, create(random, model), dropped && !named.includes(dropped.company) ? dropped : undefined]
  return { type: 'together', up: one, other: random.pick(others.filter((other) => other !== undefined)) }
}

function down(random: Random, model: Model): Operation {
  const to = random.chance(0.1) ? '0' : random.pick(model.files).version
  const back = random.chance(0.5) ? { steps: random.integer(1, 3) } : { to }
  return { type: 'down', back, chosen: chosen(random, model) }
}

function chosen(random: Random, { companies }: Model): Chosen {
  const present = [...companies.keys()]
  if (present.length === 0 || random.chance(0.4)) return {}
  return random.chance(0.6) ? { tenants: random.some(present) } : { exclude: random.some(present) }
}

function create(random: Random, { companies }: Model): Create | undefined {
  const absent = names.filter((name) => !companies.has(name))
  return absent.length === 0 ? undefined : { type: 'create', companies: random.some(absent).slice(0, 3) }
}

function drop(random: Random, { companies }: Model): Drop | undefined {
  return companies.size < 2 ? undefined : { type: 'drop', company: random.pick([...companies.keys()]) }
}

function beginTrouble(random: Random, model: Model): Operation | undefined {
  const troubled = [...model.companies].filter(([, { troubles: some }]) => some.size > 0)
  const candidates = troubled.length < mostTroubled ? [...model.companies] : troubled
  const possible = candidates.flatMap(([company, about]) =>
    troublesAhead(model, about).map((trouble) => ({ type: 'trouble' as const, company, trouble, end: false })),
  )
  return possible.length === 0 ? undefined : random.pick(possible)
}

/** Those that a company can get into, and that its next steps up or down would meet. */
function troublesAhead(model: Model, company: ModelCompany): Trouble[] {
  const { files } = model
  const met = new Set([
    ...files.slice(company.applied).map(({ failsUp }) => failsUp),
    ...files.slice(0, company.applied).map(({ failsDown }) => failsDown),
    // Met when it is done again.
    files[company.applied - 1]?.failsUp,
  ])
  return (Object.keys(troubles) as Trouble[]).filter((trouble) => met.has(trouble) && model.canHave(company, trouble))
}

function endTrouble(random: Random, { companies }: Model): Operation | undefined {
  const possible = [...companies].flatMap(([company, { troubles: some }]) =>
    [...some].map((trouble) => ({ type: 'trouble' as const, company, trouble, end: true })),
  )
  return possible.length === 0 ? undefined : random.pick(possible)
}

/** As somebody would type it. */
export function describeOperation(operation: Operation, model: Model): string {
  switch (operation.type) {
    case 'file':
      return `(new file ${migrationOf(operation.kind, model.files.length + 1).path})`
    case 'up':
      return `dbsvc migrate up${operation.to === undefined ? '' : ` --to ${operation.to}`}${optionsOf(operation.chosen)}`
    case 'down': {
      const { back } = operation
      const way = 'steps' in back ? `--steps ${back.steps}` : `--to ${back.to}`
      return `dbsvc migrate down ${way}${optionsOf(operation.chosen)}`
    }
    case 'redo':
      return `dbsvc migrate redo${optionsOf(operation.chosen)}`
    case 'create':
      return `dbsvc tenant create ${operation.companies.join(' ')}`
    case 'drop':
      return `dbsvc tenant drop ${operation.company} --confirm ${operation.company}`
    case 'together':
      return `${describeOperation(operation.up, model)} & ${describeOperation(operation.other, model)}`
    case 'trouble': {
      const { company, trouble, end } = operation
      return `(in tenant_${company}: ${end ? troubles[trouble].end : troubles[trouble].begin})`
    }
  }
}

const optionsOf = ({ tenants = [], exclude = [] }: Chosen): string =>
  [...tenants.map((name) => ` --tenant ${name}`), ...exclude.map((name) => ` --exclude ${name}`)].join('')
