import { resolve } from 'node:path'
import { Option } from 'commander'
import { createCompanies } from '../../app/company/create.ts'
import { parseSpec, readSpecs } from '../../app/company/read-specs.ts'
import { withSession } from '../../app/session.ts'
import type { CompanySpec } from '../../core/company/spec.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { type CommandContext, defineCommand, examples } from '../command.ts'
import { keyValue } from '../parse.ts'

interface Options {
  readonly from?: string
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
      .option('--from <file>', 'read companies from a file: an id or a JSON object a line')
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
      'dbsvc tenant create --from companies.ndjson',
    ])
  },
  async (context, [companies], options) => {
    const specs = await specsOf(context, companies, options)
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant create', async (session) => {
      context.output.note(
        `creating ${specs.length} ${specs.length === 1 ? 'company' : 'companies'} on ${session.place}`,
      )
      const { companies: done, failures } = await createCompanies(session, specs, context.signal)
      // Where nothing was done, the error alone is the document of --json.
      if (failures.length === 0 || done.length > 0) {
        context.output.result(
          'tenant.create/1',
          {
            place: session.place,
            companies: done,
            failures: failures.map(({ company, error }) => ({ company, ...error.toJSON() })),
          },
          () =>
            done.map(({ company, created, loginSecret }) => {
              const secret =
                loginSecret === null ? '' : `, password in ${resolve(session.project.secrets, loginSecret)}`
              return `${company} ${created ? 'created' : 'exists already, unchanged'}${secret}`
            }),
        )
      }
      const [first, ...others] = failures
      if (first === undefined) return undefined
      if (others.length === 0) throw first.error
      const reasons = failures.map(({ company, error }) => ({ company, reason: error.message }))
      throw DbsvcError.of('DBS-1205', { failures: reasons, done: done.length }, first.error)
    })
  },
)

async function specsOf(
  context: CommandContext,
  companies: readonly string[],
  options: Options,
): Promise<CompanySpec[]> {
  if ((companies.length === 0) === (options.from === undefined)) {
    throw DbsvcError.of('DBS-1903', { reason: 'name the companies, or give a file of them with --from' })
  }
  const limits =
    options.limit && Object.fromEntries(Object.entries(options.limit).map(([key, value]) => [key, Number(value)]))
  const { name, tier, label: labels, login } = options
  const given = { name, tier, labels, limits, login }
  if (options.from === undefined) return companies.map((company) => parseSpec({ company, ...given }))
  // What a line of the file says goes before what the flags say for all.
  const defaults = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return (await readSpecs(resolve(context.cwd, options.from))).map((spec) => parseSpec({ ...defaults, ...spec }))
}
