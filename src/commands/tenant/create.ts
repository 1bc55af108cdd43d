import { resolve } from 'node:path'
import { Option } from 'commander'
import { type CreateResult, createCompanies } from '../../app/company/create.ts'
import { parseParameters } from '../../app/company/file/spec.ts'
import { type CompanyList, factsOf, listOf } from '../../app/company/list.ts'
import { type Session, withSession } from '../../app/session.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { type CommandContext, defineCommand, examples } from '../command.ts'
import { keyValue } from '../parse.ts'
import { withReporter } from '../report-run.ts'
import { keepHeapSmall } from './small-heap.ts'

interface Options {
  readonly from?: string
  readonly atomic: boolean
  readonly rollback: boolean
  readonly name?: string
  readonly tier?: string
  readonly label?: Readonly<Record<string, string>>
  readonly limit?: Readonly<Record<string, string>>
  readonly login?: true
}

export const command = defineCommand<[companies: string[]], Options>(
  (create) => {
    create
      .argument('[company...]', 'company ids, such as company_abc')
      .option('--from <file>', 'read companies from a file, or from stdin (-): CSV, or an id or a JSON object a line')
      .option('--atomic', 'all or none of them', false)
      .option('--rollback', 'take away again what some engine refuses, instead of leaving it to be gone on with', false)
      .option('--name <text>', 'name for people (default: the id)')
      .addOption(
        new Option('--tier <tier>', 'subscription tier (default: free)').choices(['free', 'pro', 'enterprise']),
      )
      .option('--label <key=value>', 'a label; repeatable', keyValue)
      .option('--limit <key=value>', "an exception from the tier's limits; repeatable", keyValue)
      .option('--login', 'make a LOGIN role of its own, with its password in the secret place')
    examples(create, [
      'dbsvc tenant create company_abc company_xyz',
      'dbsvc tenant create company_abc --tier pro --label region=eu --login',
      'dbsvc tenant create --from companies.csv --tier pro',
      'dbsvc tenant create --from companies.ndjson --atomic',
      'dbsvc tenant create company_abc --rollback',
      'zcat companies.csv.gz | dbsvc tenant create --from - --json',
    ])
    create.addHelpText(
      'after',
      '\nColumns of CSV: company, name, tier, login (true or false), label.<key>, limit.<key>; an empty cell says nothing.' +
        '\nWhat a line says goes before the options, which hold for all.',
    )
  },
  async (context, [companies], options) => {
    if (options.from !== undefined) keepHeapSmall()
    const list = await listFrom(context, companies, options)
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant create', async (session) => {
      const { length } = list.wanted
      context.output.note(`creating ${length} ${length === 1 ? 'company' : 'companies'} on ${session.place}`)
      const { signal } = context
      const { atomic, rollback } = options
      const result = await withReporter(context, (onEvent) =>
        createCompanies(session, list, { atomic, rollback, signal, onEvent }),
      )
      print(context, session, result)
      return undefined
    })
  },
)

async function listFrom(context: CommandContext, companies: readonly string[], options: Options): Promise<CompanyList> {
  if ((companies.length === 0) === (options.from === undefined)) {
    throw DbsvcError.of('DBS-1903', { reason: 'name the companies, or give a file of them with --from' })
  }
  const limits =
    options.limit && Object.fromEntries(Object.entries(options.limit).map(([key, value]) => [key, Number(value)]))
  const { name, tier, label: labels, login, from } = options
  const given = Object.entries({ name, tier, labels, limits, login }).filter(([, value]) => value !== undefined)
  const parameters = parseParameters(Object.fromEntries(given))
  if (from === undefined) return listOf(companies, parameters)
  const { readCompanies } = await import('../../app/company/file/read.ts')
  const { stdin, signal } = context
  return readCompanies(from === '-' ? from : resolve(context.cwd, from), { defaults: parameters, stdin, signal })
}

/** Failures are thrown after it, so that the exit status tells of them. */
function print({ output }: CommandContext, { place, project }: Session, result: CreateResult): void {
  const { companies, failures, skipped } = result
  const [first, ...others] = failures
  // Where nothing was done, the error alone is the document of --json.
  if (first === undefined || companies.length > 0) {
    const failed = failures.map(({ company, line, error }) => ({ company, line, ...error.toJSON() }))
    output.result('tenant.create/1', { place, companies, failures: failed, skipped }, () =>
      companies.map(({ company, created, loginSecret }) => {
        const secret = loginSecret === null ? '' : `, password in ${resolve(project.secrets, loginSecret)}`
        return `${company} ${created ? 'created' : 'exists already, unchanged'}${secret}`
      }),
    )
  }
  if (first === undefined) return
  if (others.length === 0) throw first.error
  const done = companies.length
  throw DbsvcError.of('DBS-1205', { failures: failures.map(factsOf), done, skipped: skipped.length }, first.error)
}
