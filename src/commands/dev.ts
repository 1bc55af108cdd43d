import { once } from 'node:events'
import { relative, resolve } from 'node:path'
import type { CompanySight } from '../app/dev/sight.ts'
import { type DevCluster, startDev } from '../app/dev/start-dev.ts'
import { DbsvcError } from '../core/errors/error.ts'
import { table } from '../output/table.ts'
import { type CommandContext, defineCommand, examples } from './command.ts'
import { port } from './parse.ts'
import { withReporter } from './report-run.ts'

interface Options {
  readonly port?: number
  readonly sample?: string
  readonly exit: boolean
}

export const command = defineCommand<[], Options>(
  (dev) => {
    dev
      .option(
        '-p, --port <port>',
        'port of the embedded PostgreSQL (default: a free one, kept for the next start)',
        port,
      )
      .option(
        '--sample <file>',
        'CSV file of daily bars to load for each company: date,open,high,low,close,adjclose,volume',
      )
      .option('--exit', 'stop again as soon as everything is ready', false)
    examples(dev, ['dbsvc dev', 'dbsvc dev --port 54320', 'dbsvc dev --sample bars.csv'])
  },
  async (context, _args, options) => {
    const loaded = await context.loadConfig()
    const started = performance.now()
    context.output.note('starting PostgreSQL, and every other engine that is here')
    const cluster = await withReporter(context, (onEvent) =>
      startDev(loaded, {
        port: options.port ?? loaded.config.dev.port,
        ...(options.sample === undefined ? {} : { sample: resolve(context.cwd, options.sample) }),
        path: context.env.PATH,
        signal: context.signal,
        onEvent,
      }),
    )
    print(context, cluster, Math.round(performance.now() - started))
    if (!options.exit) await stay(context, cluster)
    context.output.note('stopping the engines; the data stays')
    await cluster.stop()
    return undefined
  },
)

/** Until Ctrl-C, or until the server is gone. */
async function stay({ signal }: CommandContext, { exited }: DevCluster): Promise<void> {
  const interrupted = signal.aborted ? Promise.resolve() : once(signal, 'abort').then(() => undefined)
  const exit = await Promise.race([interrupted, exited])
  if (exit !== undefined) {
    throw DbsvcError.of('DBS-1701', {
      reason: `an engine ended by itself (${exit.signal ?? `status ${exit.exitCode}`})`,
    })
  }
}

function print(context: CommandContext, cluster: DevCluster, durationMs: number): void {
  const { endpoint, companies, directory, router } = cluster
  const { host, port: serverPort, user, database } = endpoint
  context.output.result(
    'dev/1',
    {
      pid: endpoint.pid,
      host,
      port: serverPort,
      user,
      database,
      directory,
      durationMs,
      stores: cluster.stores.map(({ name, description, logFile }) => ({ name, description, logFile })),
      migrations: cluster.migrations,
      companies,
      router,
    },
    () => [
      ...sights(companies),
      '',
      ...connectLines(context, cluster),
      '',
      ...requestLines(cluster),
      '',
      `ready in ${durationMs} ms; Ctrl-C stops it and keeps the data`,
    ],
  )
}

function sights(companies: readonly CompanySight[]): string[] {
  const names = [...new Set(companies.flatMap((sight) => Object.keys(sight.rows)))]
  return [
    'What each company sees, asked under its own signed context:',
    '',
    ...table(
      ['rows of', ...companies.map((sight) => sight.company)],
      [
        ...names.map((name) => [name, ...companies.map((sight) => (sight.rows[name] ?? 0).toLocaleString('en'))]),
        ["others' rows", ...companies.map((sight) => String(sight.foreignRows))],
      ],
    ),
  ]
}

function connectLines(context: CommandContext, { endpoint, directory, stores, foundByOthers }: DevCluster): string[] {
  const { host, port: serverPort, user, database } = endpoint
  const passwordFile = relative(context.cwd, resolve(directory, 'postgres', 'password'))
  const tries = [
    'dbsvc tenant create company_new',
    'dbsvc tenant list',
    'dbsvc migrate status',
    'dbsvc tenant show company_abc',
  ]
  return [
    `PostgreSQL at ${host}:${serverPort}, database ${database}, user ${user}, password in ${passwordFile}`,
    ...stores.map(({ name, description, logFile }) => `${name}: ${description}, log ${relative(context.cwd, logFile)}`),
    '',
    foundByOthers
      ? 'dbsvc finds it from this folder; in another terminal try:'
      : `your configuration names another cluster; for this one set DBSVC_POSTGRES_PORT=${serverPort} and the rest, or remove postgres from it:`,
    ...tries.map((line) => `  npx ${line}`),
  ]
}

function requestLines({ router, companies }: DevCluster): string[] {
  return [
    `dbsvc serve answers at ${router.url}; this key is for this folder alone:`,
    `  curl ${router.url}/v1/query -H 'authorization: Bearer ${router.key}' \\`,
    `    -H 'x-dbsvc-company: ${companies[0]?.company ?? 'company_abc'}' -H 'content-type: application/json' \\`,
    `    -d '{"sql": "${sampleQuery(companies)}"}'`,
    `  curl ${router.url}/health`,
  ]
}

/** Of a table that is there: a project of one's own has others than the sample. */
function sampleQuery(companies: readonly CompanySight[]): string {
  const name = Object.keys(companies[0]?.rows ?? {}).find((name) => /^[a-z_][a-z0-9_]*$/.test(name))
  return name === undefined ? 'select current_date' : `select * from ${name} limit 3`
}
