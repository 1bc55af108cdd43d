import pg from 'pg'
import { placeOf } from '../../../core/company/id.ts'
import type { AppliedMigration } from '../../../core/migration/file.ts'
import { extendHistory } from '../../../core/migration/history.ts'
import type { Scope } from '../../../core/migration/scope.ts'
import type { BatchOrigin, HistoryPoint } from '../../engine.ts'
import type { CompiledMigration } from './compile.ts'

/** One cluster today; the ledger and every statement carry its name so that more can follow. */
export const clusterName = 'main'

export interface RenderSettings {
  readonly runId: string | null
  readonly lockTimeoutMs: number
  readonly statementTimeoutMs: number
  /** Schemas behind the company's own. */
  readonly searchPath: readonly string[]
}

const { escapeIdentifier: identifier, escapeLiteral: literal } = pg

export const textArray = (values: readonly string[]): string => `array[${values.map(literal).join(',')}]::text[]`

const nullable = (value: string | null): string => (value === null ? 'null' : literal(value))

const target = (origin: BatchOrigin): string =>
  `${literal(origin.engine)}, ${literal(clusterName)}, ${literal(origin.scope)}, ${textArray(origin.companies)}`

/** The schemas that the targets of a batch live in. */
export function schemasOf(origin: BatchOrigin): string[] {
  return origin.scope === 'tenant' ? origin.companies.map(placeOf) : ['public']
}

/** Locks the targets, and refuses when one has moved. */
export const renderClaim = (origin: BatchOrigin): string =>
  `select dbsvc.claim(${target(origin)}, ${literal(origin.history)});`

/** Locks the targets and refuses when one has moved; then becomes the role that migrations run as. */
export function renderOpening(
  origin: BatchOrigin,
  migrations: readonly CompiledMigration[],
  settings: RenderSettings,
): string {
  return [
    renderClaim(origin),
    ...renderExemptions(origin.scope, migrations),
    `set local lock_timeout = ${settings.lockTimeoutMs};`,
    `set local statement_timeout = ${settings.statementTimeoutMs};`,
    // By which dbsvc_owner is kept from rows of shared tables in a company's migration.
    `set local dbsvc.migrating = ${literal(origin.scope)};`,
    'set local role dbsvc_owner;',
  ].join('\n')
}

/**
 * Where a file's unqualified names resolve. A company's migrations do not see `public`: `drop table if exists users` in a
 * company that has none must not find a shared table of that name.
 */
export function renderSearchPath(scope: Scope, company: string, settings: RenderSettings): string {
  const schemas = scope === 'tenant' ? [placeOf(company), ...settings.searchPath] : ['public']
  return `set local search_path = ${schemas.map(identifier).join(', ')};`
}

/** Row security for what the migrations made, before anything is visible to others; raises where something stays without. */
export function renderProtection(origin: BatchOrigin): string {
  return `select dbsvc.protect(${literal(origin.scope)}, ${textArray(schemasOf(origin))});`
}

/**
 * Checks now what a migration has put off to the end of its transaction. A table with rows still to be checked cannot be altered,
 * neither by the protection nor by a later migration that shares the transaction. '' where nothing is put off.
 */
export function renderSettling(origin: BatchOrigin, steps: readonly string[]): string {
  if (!steps.some((step) => /\bdeferr/i.test(step))) return ''
  return `do $settle$
  declare
    every text;
    deferred text;
  begin
    select string_agg(place, ', '), string_agg(place, ', ') filter (where condeferred) into every, deferred
    from (
      select format('%I.%I', n.nspname, k.conname) as place, k.condeferred
      from pg_catalog.pg_namespace n
      join pg_catalog.pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid
        and d.classid = 'pg_class'::regclass and d.deptype = 'n'
      join pg_catalog.pg_constraint k on k.conrelid = d.objid and k.condeferrable
      where n.nspname = any (${textArray(schemasOf(origin))})
    ) as listed;
    if every is not null then
      execute 'set constraints ' || every || ' immediate';
    end if;
    if deferred is not null then
      execute 'set constraints ' || deferred || ' deferred';
    end if;
  end
  $settle$;`
}

/** What the migrations leave unprotected on purpose, known before protection is checked. */
export function renderExemptions(scope: Scope, migrations: readonly CompiledMigration[]): string[] {
  return migrations.flatMap((migration) =>
    migration.exemptions.map(
      ({ table, reason }) =>
        `insert into dbsvc.exemptions (scope, table_name, reason, migration) values (${literal(scope)}, ${literal(table)}, ` +
        `${literal(reason)}, ${literal(migration.name)}) on conflict (scope, table_name) do update ` +
        'set reason = excluded.reason, migration = excluded.migration;',
    ),
  )
}

/** The ledger rows of applied migrations, written as dbsvc itself. */
export function renderRecord(
  origin: BatchOrigin,
  migrations: readonly AppliedMigration[],
  settings: Pick<RenderSettings, 'runId'>,
  baseline = false,
): string {
  const history = migrations.reduce(extendHistory, origin.history)
  const names = migrations.map((migration) => migration.name)
  return [
    'reset role;',
    `select dbsvc.record(${target(origin)}, ${nullable(settings.runId)}, ${origin.applied + 1},`,
    `${textArray(migrations.map((migration) => migration.version))}, ${textArray(names)},`,
    `${textArray(migrations.map((migration) => migration.checksum))},`,
    `${literal(migrations.at(-1)?.version ?? '')}, ${literal(history)}, ${literal(origin.history)}, ${baseline});`,
  ].join('\n')
}

/** Takes the last migration out of the ledger; `previous` is the one before it, undefined when it was the first. */
export function renderErase(
  origin: BatchOrigin,
  name: string,
  previous: HistoryPoint,
  settings: Pick<RenderSettings, 'runId'>,
): string {
  return [
    'reset role;',
    `delete from dbsvc.exemptions where scope = ${literal(origin.scope)} and migration = ${literal(name)};`,
    renderTakeBack(origin, previous, settings),
  ].join('\n')
}

/** The same for an engine that has no exemptions. */
export const renderTakeBack = (
  origin: BatchOrigin,
  previous: HistoryPoint,
  { runId }: Pick<RenderSettings, 'runId'>,
): string =>
  `select dbsvc.erase(${target(origin)}, ${nullable(runId)}, ${origin.applied}, ${literal(previous.version)}, ` +
  `${literal(previous.history)}, ${literal(origin.history)});`
