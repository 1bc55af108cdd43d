import { parseArgs } from 'node:util'
import type { Benchmark } from './support/benchmark.ts'

const benchmarks: Readonly<Record<string, { summary: string; load: () => Promise<{ benchmark: Benchmark }> }>> = {
  'cli-start': {
    summary: 'dbsvc --help and --version beside a bare node -e 0',
    load: () => import('./cli-start.ts'),
  },
  drift: {
    summary: 'dbsvc drift over many companies: time, and memory of the client',
    load: () => import('./drift.ts'),
  },
  fanout: {
    summary: 'provisioning and migrating many companies, beside hand-sent SQL, node-pg-migrate, goose and dbmate',
    load: () => import('./fanout.ts'),
  },
  fleet: {
    summary: 'what grows with the companies, and what must not: creating, looking, finding nothing to do',
    load: () => import('./fleet.ts'),
  },
  guard: {
    summary: 'judging a statement that was judged before, and one that was not',
    load: () => import('./guard.ts'),
  },
  ingest: {
    summary: 'rows per second of ticks through dbsvc serve, beside INSERT … unnest written by hand',
    load: () => import('./ingest.ts'),
  },
  router: {
    summary:
      'requests per second of dbsvc serve, beside a service written by hand, pg with a pool per role, and PgBouncer',
    load: () => import('./router.ts'),
  },
  'router-memory': {
    summary: 'what companies cost dbsvc serve that it knows and that ask for nothing: memory and connections',
    load: () => import('./router-memory.ts'),
  },
  rls: {
    summary: "what dbsvc's policies cost beside plain ones, and which conditions keep their index under them",
    load: () => import('./rls.ts'),
  },
  stores: {
    summary:
      'a company over PostgreSQL and the other engines, beside each of them alone and by its own client; doctor; dev',
    load: () => import('./stores.ts'),
  },
  targets: {
    summary: "each of the specification's targets, met or not, beside the engine asked directly",
    load: () => import('./targets.ts'),
  },
}

const note = (text: string): void => void process.stderr.write(`${text}\n`)
const data = (text: string): void => void process.stdout.write(`${text}\n`)

// An embedded server is ended by the exit event, which a signal alone does not bring about.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const [name, ...args] = process.argv.slice(2)
const found = name === undefined ? undefined : benchmarks[name]
if (found === undefined) {
  for (const [known, { summary }] of Object.entries(benchmarks)) data(`${known.padEnd(15)}${summary}`)
  note('usage: npm run bench -- <name> [--json] [options]; the options are in bench/README.md')
  process.exitCode = name === undefined ? 0 : 2
} else {
  const { benchmark } = await found.load()
  const options = { json: { type: 'boolean', default: false }, ...benchmark.options } as const
  const values = parseArgs({ args, options, strict: true }).values as Record<string, string | boolean | undefined>
  const { document, lines } = await benchmark.run(values, note)
  if (values.json === true) data(JSON.stringify({ benchmark: name, ...document }))
  else for (const line of lines) data(line)
}
