import type { CommandModule } from './command.ts'

/** A command's place in the tree. Its module is loaded only when it runs or prints its own help. */
export interface RegistryEntry {
  readonly path: readonly string[]
  readonly summary: string
  readonly load: () => Promise<{ readonly command: CommandModule }>
}

/** Groups in the order `dbsvc --help` shows them. */
export const groups: Readonly<Record<string, string>> = {
  migrate: 'write, plan, apply and undo migrations',
  tenant: 'create, list, change, suspend and drop companies',
  'tenant config': "read and write a company's configuration",
  retention: 'drop what time series need not keep any longer',
  schema: 'look at structures',
  config: 'show the configuration of dbsvc itself',
  service: 'let backend services in: API keys and what they allow',
  secret: 'list, show and seal the secrets of this machine',
  key: 'list and rotate the keys that sign contexts',
}

export const registry: readonly RegistryEntry[] = [
  { path: ['init'], summary: 'write a new project', load: () => import('./init.ts') },
  { path: ['dev'], summary: 'run everything on embedded engines', load: () => import('./dev.ts') },
  { path: ['serve'], summary: 'serve queries of companies', load: () => import('./serve.ts') },
  { path: ['doctor'], summary: 'find what is wrong, and how to mend it', load: () => import('./doctor.ts') },
  { path: ['lint'], summary: 'find what is unsafe in migrations', load: () => import('./lint.ts') },
  { path: ['migrate', 'new'], summary: 'write a new migration file', load: () => import('./migrate/new.ts') },
  { path: ['migrate', 'plan'], summary: 'show what would be run', load: () => import('./migrate/plan.ts') },
  { path: ['migrate', 'up'], summary: 'apply pending migrations', load: () => import('./migrate/up.ts') },
  { path: ['migrate', 'down'], summary: 'undo applied migrations', load: () => import('./migrate/down.ts') },
  {
    path: ['migrate', 'redo'],
    summary: 'undo the last migration and apply it again',
    load: () => import('./migrate/redo.ts'),
  },
  {
    path: ['migrate', 'status'],
    summary: 'show which versions are applied where',
    load: () => import('./migrate/status.ts'),
  },
  { path: ['migrate', 'runs'], summary: 'list runs', load: () => import('./migrate/runs.ts') },
  { path: ['migrate', 'show'], summary: 'show what a run did', load: () => import('./migrate/show.ts') },
  {
    path: ['migrate', 'pause'],
    summary: 'end a run behind its batches under way',
    load: () => import('./migrate/pause.ts'),
  },
  { path: ['migrate', 'resume'], summary: 'go on with a run', load: () => import('./migrate/resume.ts') },
  { path: ['migrate', 'cancel'], summary: 'give a run up', load: () => import('./migrate/cancel.ts') },
  {
    path: ['migrate', 'baseline'],
    summary: 'record migrations as applied without running them',
    load: () => import('./migrate/baseline.ts'),
  },
  {
    path: ['migrate', 'squash'],
    summary: 'make one baseline file of applied migrations',
    load: () => import('./migrate/squash.ts'),
  },
  {
    path: ['drift'],
    summary: 'find companies whose structure is not what their version has',
    load: () => import('./drift.ts'),
  },
  {
    path: ['retention', 'run'],
    summary: 'make partitions ahead, and drop what is too old to be kept',
    load: () => import('./retention/run.ts'),
  },
  {
    path: ['retention', 'list'],
    summary: 'show how long time series keep their rows',
    load: () => import('./retention/list.ts'),
  },
  { path: ['schema', 'dump'], summary: 'print the SQL of a structure', load: () => import('./schema/dump.ts') },
  { path: ['tenant', 'create'], summary: 'create companies', load: () => import('./tenant/create.ts') },
  { path: ['tenant', 'list'], summary: 'list companies', load: () => import('./tenant/list.ts') },
  { path: ['tenant', 'show'], summary: 'show one company', load: () => import('./tenant/show.ts') },
  { path: ['tenant', 'set'], summary: 'change name, tier, labels or limits', load: () => import('./tenant/set.ts') },
  { path: ['tenant', 'suspend'], summary: 'refuse a company at once', load: () => import('./tenant/suspend.ts') },
  { path: ['tenant', 'resume'], summary: 'let a suspended company in again', load: () => import('./tenant/resume.ts') },
  { path: ['tenant', 'drop'], summary: 'destroy a company and its data', load: () => import('./tenant/drop.ts') },
  { path: ['tenant', 'move'], summary: 'not there yet; says why', load: () => import('./tenant/move.ts') },
  { path: ['tenant', 'rename'], summary: 'not there yet; says why', load: () => import('./tenant/rename.ts') },
  { path: ['tenant', 'config', 'get'], summary: 'print one value', load: () => import('./tenant/config/get.ts') },
  { path: ['tenant', 'config', 'set'], summary: 'set one value', load: () => import('./tenant/config/set.ts') },
  {
    path: ['tenant', 'config', 'list'],
    summary: 'list values, or the history of one',
    load: () => import('./tenant/config/list.ts'),
  },
  { path: ['tenant', 'config', 'unset'], summary: 'remove one value', load: () => import('./tenant/config/unset.ts') },
  { path: ['config', 'view'], summary: 'print every setting with its origin', load: () => import('./config/view.ts') },
  {
    path: ['config', 'schema'],
    summary: 'print the JSON Schema of the configuration',
    load: () => import('./config/schema.ts'),
  },
  {
    path: ['service', 'create'],
    summary: 'register a service with its first key',
    load: () => import('./service/create.ts'),
  },
  { path: ['service', 'list'], summary: 'list services and their keys', load: () => import('./service/list.ts') },
  { path: ['service', 'set'], summary: 'change what a service may do', load: () => import('./service/set.ts') },
  {
    path: ['service', 'rotate'],
    summary: 'give a service a second key, and its present one an end',
    load: () => import('./service/rotate.ts'),
  },
  { path: ['service', 'revoke'], summary: 'refuse a key from now on', load: () => import('./service/revoke.ts') },
  {
    path: ['secret', 'list'],
    summary: 'list secrets of this machine, and what seals them',
    load: () => import('./secret/list.ts'),
  },
  { path: ['secret', 'show'], summary: 'print one secret', load: () => import('./secret/show.ts') },
  {
    path: ['secret', 'rotate'],
    summary: 'seal every secret with the current key',
    load: () => import('./secret/rotate.ts'),
  },
  { path: ['key', 'list'], summary: 'list context keys', load: () => import('./key/list.ts') },
  { path: ['key', 'rotate'], summary: 'sign with a new context key', load: () => import('./key/rotate.ts') },
  { path: ['key', 'retire'], summary: 'stop accepting an old context key', load: () => import('./key/retire.ts') },
]
