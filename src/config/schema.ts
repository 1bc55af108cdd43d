import { z } from 'zod'
import { ca, plaintext, requireEncryption } from './sections/engine-tls.ts'
import { postgres } from './sections/postgres.ts'
import { secrets } from './sections/secrets.ts'
import { server } from './sections/server.ts'

/**
 * The configuration, and the source of dbsvc.schema.json. Every setting has a default, so that `dbsvc dev` needs no file.
 * Times are milliseconds. A string may be `${env:NAME}` or `${file:path}`; those are resolved before this schema sees them.
 */
export const limits = z.strictObject({
  statementTimeoutMs: z.int().min(1).max(3_600_000).describe('longest statement'),
  lockTimeoutMs: z.int().min(1).max(3_600_000).describe('longest wait for a lock'),
  workMemKb: z.int().min(64).max(4_194_304).describe('memory of one sort or hash, in kB'),
  parallelWorkers: z.int().min(0).max(64).describe('parallel workers of one query'),
  loginConnections: z.int().min(1).max(10_000).describe('sessions of a LOGIN role in PostgreSQL at the same time'),
  tempFileKb: z
    .int()
    .min(1_024)
    .max(1_073_741_824)
    .describe('temporary files of one session of a LOGIN role in PostgreSQL, in kB'),
  queryMemoryKb: z
    .int()
    .min(1_024)
    .max(1_073_741_824)
    .describe('memory of one query in ClickHouse and ArangoDB, in kB'),
  queriesPerHour: z.int().min(1).max(1_000_000_000).describe('queries in ClickHouse'),
  cacheKeys: z.int().min(0).max(1_000_000_000).describe('keys in DragonflyDB'),
  vectorObjects: z.int().min(0).max(1_000_000_000).describe('objects in Weaviate'),
})

// A store is used where its `url` (or `path`) is set.
const clickhouse = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('of the HTTP interface, such as http://127.0.0.1:8123'),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('instead of a server: a folder for chDB, in process; one process at a time'),
    user: z
      .string()
      .min(1)
      .default('default')
      .describe('may create databases, users, profiles, quotas and row policies'),
    password: z.string().optional(),
    cluster: z.string().min(1).optional().describe('makes everything ON CLUSTER with replicated tables'),
    ca,
    plaintext,
  })
  .refine(...requireEncryption('url'))

const dragonfly = z
  .strictObject({
    url: z
      .url({ protocol: /^rediss?$/ })
      .optional()
      .describe('such as redis://127.0.0.1:6379'),
    user: z.string().min(1).default('default').describe('may manage users'),
    password: z.string().optional(),
    ca,
    plaintext,
  })
  .refine(...requireEncryption('url'))

const weaviate = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('such as http://127.0.0.1:8080'),
    grpcUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('default: port 50051 of the same host'),
    apiKey: z.string().optional(),
    ca,
    plaintext,
  })
  .refine(...requireEncryption('url'))
  .refine(...requireEncryption('grpcUrl'))

const arango = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('such as http://127.0.0.1:8529'),
    user: z.string().min(1).default('root').describe('may manage databases and users'),
    password: z.string().optional(),
    ca,
    plaintext,
  })
  .refine(...requireEncryption('url'))

const wave = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/)
    .refine((name) => name !== 'rest', 'is the name of the wave of all others'),
  companies: z.array(z.string()).optional().describe('only these'),
  labels: z.record(z.string(), z.string()).optional().describe('only companies with all of these labels'),
  tiers: z
    .array(z.enum(['free', 'pro', 'enterprise']))
    .optional()
    .describe('only companies of these tiers'),
  percentage: z.number().gt(0).max(100).optional().describe('of what the other conditions and earlier waves leave'),
  connections: z.int().min(1).max(64).optional().describe('fewer than migrations.connections'),
  pauseMs: z.int().min(0).max(86_400_000).optional().describe('wait after this wave'),
  approval: z.boolean().optional().describe('after this wave the run is paused until dbsvc migrate resume'),
  stopAfter: z
    .strictObject({
      failures: z.int().min(1).optional().describe('so many failed companies'),
      failureRate: z.number().min(0).lt(1).optional().describe('more than this part of the wave'),
    })
    .prefault({ failures: 1 })
    .describe('what ends the run; by default the first failure'),
})

const hook = z
  .strictObject({
    command: z
      .union([z.string().min(1), z.array(z.string()).min(1)])
      .optional()
      .describe('a program with its arguments, or one line for the shell; run beside the configuration file'),
    module: z
      .string()
      .min(1)
      .optional()
      .describe('a module whose default export is called; relative to the configuration file'),
    onFailure: z.enum(['stop', 'warn']).default('stop'),
    timeoutMs: z.int().min(1).max(86_400_000).default(60_000),
  })
  .refine(({ command, module }) => (command === undefined) !== (module === undefined), 'takes a command or a module')

const hooks = z.strictObject({
  beforeRun: z.array(hook).default([]).describe('before anything is applied'),
  afterRun: z.array(hook).default([]).describe('however it ended'),
  beforeWave: z.array(hook).default([]),
  afterWave: z.array(hook).default([]),
  beforeCompany: z.array(hook).default([]).describe('before each migration of each company'),
  afterCompany: z.array(hook).default([]).describe('after each migration of each company'),
})

const migrations = z.strictObject({
  directory: z
    .string()
    .min(1)
    .default('migrations')
    .describe('holds <engine>/<shared|tenant>; relative to the configuration file'),
  searchPath: z
    .array(z.string().min(1))
    .default([])
    .describe("schemas visible to tenant migrations behind the company's own, such as one for extensions"),
  batchSize: z
    .int()
    .min(1)
    .max(200)
    .default(50)
    .describe('companies per transaction at most; fewer where lock table and lockHoldMs ask for it'),
  connections: z.int().min(1).max(64).default(2).describe('connections that apply batches at once'),
  lockTimeoutMs: z.int().min(1).max(600_000).default(5_000).describe('longest wait for a table lock'),
  lockHoldMs: z
    .int()
    .min(10)
    .max(600_000)
    .default(2_000)
    .describe('how long a transaction of several companies may hold its locks'),
  lockAttempts: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe('how often a company is tried that meets a lock timeout or a deadlock'),
  statementTimeoutMs: z.int().min(0).max(86_400_000).default(0).describe('longest statement; 0 is no limit'),
  lockWaitMs: z.int().min(0).max(86_400_000).default(600_000).describe('longest wait for another run'),
  waves: z
    .array(wave)
    .default([])
    .refine((waves) => new Set(waves.map(({ name }) => name)).size === waves.length, 'two waves have one name')
    .describe('groups of companies that are rolled out one after the other; those in none come last'),
  hooks: hooks.prefault({}),
})

const context = z.strictObject({
  ttlMs: z.int().min(100).max(60_000).default(10_000).describe('life of a signed context'),
})

type Limits = z.output<typeof limits>

/** A tier that is set in part keeps the rest. */
function tier(defaults: Limits) {
  const shape = limits.shape
  return z
    .strictObject({
      statementTimeoutMs: shape.statementTimeoutMs.default(defaults.statementTimeoutMs),
      lockTimeoutMs: shape.lockTimeoutMs.default(defaults.lockTimeoutMs),
      workMemKb: shape.workMemKb.default(defaults.workMemKb),
      parallelWorkers: shape.parallelWorkers.default(defaults.parallelWorkers),
      loginConnections: shape.loginConnections.default(defaults.loginConnections),
      tempFileKb: shape.tempFileKb.default(defaults.tempFileKb),
      queryMemoryKb: shape.queryMemoryKb.default(defaults.queryMemoryKb),
      queriesPerHour: shape.queriesPerHour.default(defaults.queriesPerHour),
      cacheKeys: shape.cacheKeys.default(defaults.cacheKeys),
      vectorObjects: shape.vectorObjects.default(defaults.vectorObjects),
    })
    .prefault({})
}

const tiers = z.strictObject({
  free: tier({
    statementTimeoutMs: 5_000,
    lockTimeoutMs: 2_000,
    workMemKb: 4_096,
    parallelWorkers: 0,
    loginConnections: 10,
    tempFileKb: 262_144,
    queryMemoryKb: 262_144,
    queriesPerHour: 1_000,
    cacheKeys: 10_000,
    vectorObjects: 10_000,
  }),
  pro: tier({
    statementTimeoutMs: 15_000,
    lockTimeoutMs: 2_000,
    workMemKb: 16_384,
    parallelWorkers: 1,
    loginConnections: 20,
    tempFileKb: 1_048_576,
    queryMemoryKb: 1_048_576,
    queriesPerHour: 20_000,
    cacheKeys: 200_000,
    vectorObjects: 500_000,
  }),
  enterprise: tier({
    statementTimeoutMs: 60_000,
    lockTimeoutMs: 2_000,
    workMemKb: 65_536,
    parallelWorkers: 2,
    loginConnections: 40,
    tempFileKb: 4_194_304,
    queryMemoryKb: 4_194_304,
    queriesPerHour: 500_000,
    cacheKeys: 5_000_000,
    vectorObjects: 20_000_000,
  }),
})

const dev = z.strictObject({
  directory: z.string().min(1).default('.dbsvc').describe('data of the embedded engines'),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .describe('port of the embedded PostgreSQL; 0 takes a free one and keeps it'),
  engines: z
    .string()
    .min(1)
    .default('.engines')
    .describe('where further engines are looked for before the PATH; relative to the configuration file'),
  companies: z.array(z.string()).default(['company_abc', 'company_xyz']),
})

export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('for editors'),
  postgres: postgres.prefault({}),
  clickhouse: clickhouse.prefault({}),
  dragonfly: dragonfly.prefault({}),
  weaviate: weaviate.prefault({}),
  arango: arango.prefault({}),
  migrations: migrations.prefault({}),
  context: context.prefault({}),
  server: server.prefault({}),
  secrets: secrets.prefault({}),
  tiers: tiers.prefault({}),
  dev: dev.prefault({}),
})

export type Config = z.output<typeof configSchema>

/** Dotted paths whose values are never printed. */
export const secretPaths: readonly string[] = [
  'postgres.password',
  'postgres.servicePassword',
  'postgres.routerPassword',
  'postgres.observerPassword',
  'clickhouse.password',
  'dragonfly.password',
  'weaviate.apiKey',
  'arango.password',
  'secrets.key',
  'secrets.previousKey',
]
