import { type Command, Option } from 'commander'
import type { GrantChange } from '../../app/service/set.ts'
import { parseCompanyId } from '../../core/company/id.ts'
import { type EngineName, engineNames } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { type ServiceGrants, type Verb, verbs } from '../../core/service/grants.ts'

/** The flags that say what a service may do. */
export interface GrantOptions {
  readonly company?: readonly string[]
  readonly engine?: readonly (EngineName | 'all')[]
  readonly verb: readonly Verb[]
  readonly userOnly?: boolean
}

/** Those that are left out leave what is granted as it is. */
export interface GrantChangeOptions extends Partial<GrantOptions> {}

export function addGrantOptions(command: Command): void {
  command
    .option('--company <company...>', 'for these companies, or all (default: none)')
    .addOption(
      new Option('--engine <engine...>', 'in these engines, or all (default: none)').choices([...engineNames, 'all']),
    )
    .addOption(new Option('--verb <verb...>', 'may do this').choices(verbs).makeOptionMandatory())
    .option('--user-only', 'each request has to name a user, and sees no more than that user may')
}

export function addGrantChangeOptions(command: Command): void {
  command
    .option('--company <company...>', 'for these companies alone, or all, or none')
    .addOption(new Option('--engine <engine...>', 'in these engines alone, or all').choices([...engineNames, 'all']))
    .addOption(new Option('--verb <verb...>', 'may do this alone').choices(verbs))
    .option('--user-only', 'each request has to name a user, and sees no more than that user may')
    .option('--no-user-only', 'requests may be for the whole company')
}

/** @throws DBS-1201 */
export function grantsOf({ company = [], engine = [], verb, userOnly = false }: GrantOptions): ServiceGrants {
  return { companies: companiesOf(company), engines: enginesOf(engine), verbs: verbsOf(verb), userOnly }
}

/** @throws DBS-1201 */
export function grantChangeOf({ company, engine, verb, userOnly }: GrantChangeOptions): GrantChange {
  const none = company?.length === 1 && company[0] === 'none'
  return {
    companies: company && companiesOf(none ? [] : company),
    engines: engine && enginesOf(engine),
    verbs: verb && verbsOf(verb),
    userOnly,
  }
}

function companiesOf(company: readonly string[]): readonly string[] | null {
  if (!company.includes('all')) return [...new Set(company.map(parseCompanyId))]
  if (company.length === 1) return null
  throw DbsvcError.of('DBS-1201', { company: 'all', reason: 'it stands for every company, so no other goes with it' })
}

const enginesOf = (engine: readonly (EngineName | 'all')[]): readonly EngineName[] =>
  engineNames.filter((name) => engine.includes(name) || engine.includes('all'))

const verbsOf = (verb: readonly Verb[]): readonly Verb[] => verbs.filter((name) => verb.includes(name))
