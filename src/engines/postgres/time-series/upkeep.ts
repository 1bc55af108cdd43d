import type pg from 'pg'
import { takenTargets } from '../migration/taken.ts'
import { renderArguments, renderHold, type Series } from './series.ts'

export interface UpkeepLimits {
  readonly lockTimeoutMs: number
  readonly statementTimeoutMs: number
}

// Each takes the locks of a table, its indexes and its TOAST, and all of them keep writers of the series waiting.
const piecesAtOnce = 10
const rowsAtOnce = 10_000

/** Makes the partitions that are missing ahead. @returns how many @throws TargetsTaken */
export async function extendSeries(client: pg.Client, series: Series, limits: UpkeepLimits): Promise<number> {
  return ask<number>(client, series, limits, `select dbsvc.extend_time_series(${renderArguments(series)}) as answer;`)
}

/** Drops the oldest chunks or partitions none of whose rows is to be kept. @returns their names; none when none is left @throws TargetsTaken */
export async function dropExpired(
  client: pg.Client,
  series: Series,
  now: Date,
  limits: UpkeepLimits,
): Promise<readonly string[]> {
  const call = `dbsvc.expire_time_series(${renderArguments(series)}, ${literal(now)}, ${piecesAtOnce})`
  return ask<string[]>(client, series, limits, `select ${call} as answer;`)
}

/** Deletes rows from the default partition that are not to be kept. @returns how many; 0 when none is left @throws TargetsTaken */
export async function deleteExpired(
  client: pg.Client,
  series: Series,
  now: Date,
  limits: UpkeepLimits,
): Promise<number> {
  const call = `dbsvc.expire_default_rows(${renderArguments(series)}, ${literal(now)}, ${rowsAtOnce})`
  return ask<number>(client, series, limits, `select ${call} as answer;`)
}

// PostgreSQL reads no year of more than four digits as JavaScript writes it.
const literal = (now: Date): string => `to_timestamp(${now.getTime() / 1_000})`

/** One transaction of its own, cut off between any two of which everything is as it should be. */
async function ask<Answer>(
  client: pg.Client,
  series: Series,
  { lockTimeoutMs, statementTimeoutMs }: UpkeepLimits,
  question: string,
): Promise<Answer> {
  const message = [
    'begin;',
    renderHold(series),
    `set local lock_timeout = ${lockTimeoutMs};`,
    `set local statement_timeout = ${statementTimeoutMs};`,
    // A migration that alters a time series must own all of its partitions.
    'set local role dbsvc_owner;',
    question,
    'commit;',
  ].join('\n')
  try {
    const results = (await client.query(message)) as unknown as readonly pg.QueryResult<{ answer: Answer }>[]
    const answer = results.flatMap(({ rows }) => rows).find((row) => row.answer !== undefined)
    if (answer === undefined) throw new Error('a select without from gave no row')
    return answer.answer
  } catch (error) {
    // What it failed of is what matters, also when the connection is gone and this fails too.
    await client.query('rollback').catch(() => {})
    throw takenTargets(error) ?? error
  }
}
