import pg from 'pg'
import { DbsvcError } from '../../../core/errors/error.ts'

/** A row of tenant_configurations. */
export interface ConfigurationRow {
  readonly key: string
  readonly value: unknown
  /** The value as JSON text: exact, where `value` has JavaScript's numbers. */
  readonly json: string
  readonly updatedAt: Date
}

/** One change of a key; `value` is null in SQL, so undefined here, where the key was removed. */
export interface ConfigurationChange {
  readonly changedAt: Date
  readonly changedBy: string
  readonly removed: boolean
  readonly value: unknown
}

/** Runs as dbsvc_owner, which sees every company's rows: an operator's look, not a company's. */
async function asOwner<Row extends pg.QueryResultRow>(
  client: pg.Client,
  sql: string,
  values: unknown[],
): Promise<pg.QueryResult<Row>> {
  await client.query('begin; set local role dbsvc_owner; set local search_path = public')
  try {
    const result = await client.query<Row>(sql, values)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    if (error instanceof pg.DatabaseError && error.code === '42P01') {
      throw DbsvcError.of(
        'DBS-1302',
        { file: 'migrations/postgres/shared', reason: 'no migration has made tenant_configurations' },
        error,
      )
    }
    throw error
  }
}

export async function listConfiguration(client: pg.Client, company: string): Promise<ConfigurationRow[]> {
  const { rows } = await asOwner<ConfigurationRow>(
    client,
    `select config_key as key, config_value as value, config_value::text as json, updated_at as "updatedAt"
     from tenant_configurations where company_id = $1 order by config_key`,
    [company],
  )
  return rows
}

export async function getConfiguration(
  client: pg.Client,
  company: string,
  key: string,
): Promise<ConfigurationRow | undefined> {
  const { rows } = await asOwner<ConfigurationRow>(
    client,
    `select config_key as key, config_value as value, config_value::text as json, updated_at as "updatedAt"
     from tenant_configurations where company_id = $1 and config_key = $2`,
    [company, key],
  )
  return rows[0]
}

/** `json` is the value as JSON text, already known to be valid. */
export async function setConfiguration(client: pg.Client, company: string, key: string, json: string): Promise<void> {
  await asOwner(
    client,
    `insert into tenant_configurations (company_id, config_key, config_value) values ($1, $2, $3)
     on conflict (company_id, config_key) do update set config_value = excluded.config_value, updated_at = now()`,
    [company, key, json],
  )
}

/** @returns whether there was such a key */
export async function unsetConfiguration(client: pg.Client, company: string, key: string): Promise<boolean> {
  const { rowCount } = await asOwner(
    client,
    'delete from tenant_configurations where company_id = $1 and config_key = $2',
    [company, key],
  )
  return rowCount === 1
}

/** Newest first. */
export async function configurationHistory(
  client: pg.Client,
  company: string,
  key: string,
): Promise<ConfigurationChange[]> {
  const { rows } = await asOwner<ConfigurationChange>(
    client,
    `select changed_at as "changedAt", changed_by as "changedBy", config_value is null as removed, config_value as value
     from tenant_configuration_history where company_id = $1 and config_key = $2 order by history_id desc`,
    [company, key],
  )
  return rows
}
