import { companyColumn, databaseOf, sharedDatabase } from '../names.ts'
import { quoteName, quoteString } from '../sql/quote.ts'

/** What the intruder tries. */
export interface Attempt {
  /** What it would have done, in words. */
  readonly what: string
  readonly sql: string
  /** `secret`: harmless unless it shows the victim's row. `any`: it has to be refused. */
  readonly hole: 'secret' | 'any'
}

export interface Probe {
  readonly victim: string
  readonly intruder: string
  /** A table of this name is in the victim's database, in the intruder's and in the shared one. */
  readonly table: string
}

export function attemptsOf({ victim, intruder, table }: Probe): Attempt[] {
  const [theirs, own] = [databaseOf(victim), databaseOf(intruder)]
  const foreign = `${quoteName(theirs)}.${quoteName(table)}`
  const shared = `${quoteName(sharedDatabase)}.${quoteName(table)}`
  const [database, name] = [quoteString(theirs), quoteString(table)]
  const reads: readonly (readonly [string, string])[] = [
    ['its table', `SELECT secret FROM ${foreign}`],
    ['its rows in a shared table', `SELECT secret FROM ${shared}`],
    ['the same by name', `SELECT secret FROM ${shared} WHERE ${companyColumn} = ${quoteString(victim)}`],
    ['the same in PREWHERE', `SELECT secret FROM ${shared} PREWHERE ${companyColumn} = ${quoteString(victim)}`],
    ['the same through FINAL', `SELECT secret FROM ${shared} FINAL`],
    [
      'the same with the setting of another company',
      `SELECT secret FROM ${shared} SETTINGS SQL_company_id = ${quoteString(victim)}`,
    ],
    [
      'the same with a filter of its own',
      `SELECT secret FROM ${shared} SETTINGS additional_table_filters = {${quoteString(`${sharedDatabase}.${table}`)}: '1'}`,
    ],
    ['the text of an error', `SELECT toUInt8(secret) FROM ${shared} WHERE ${companyColumn} = ${quoteString(victim)}`],
    ['the text of its own error', `SELECT throwIf(1, secret) FROM ${shared}`],
    ['a minimum that is kept with the parts', `SELECT min(secret), max(secret) FROM ${shared}`],
    ['merge()', `SELECT * FROM merge(${database}, '.*')`],
    ['merge() over all databases', `SELECT secret FROM merge(REGEXP('.*'), ${quoteString(`^${table}$`)})`],
    ['remote()', `SELECT * FROM remote('127.0.0.1', ${database}, ${name})`],
    ['remote() on the shared table', `SELECT * FROM remote('127.0.0.1', ${quoteString(sharedDatabase)}, ${name})`],
    ['loop()', `SELECT * FROM loop(${quoteString(sharedDatabase)}, ${name}) LIMIT 10`],
    ['mergeTreeIndex()', `SELECT * FROM mergeTreeIndex(${quoteString(sharedDatabase)}, ${name})`],
    ['viewIfPermitted()', `SELECT * FROM viewIfPermitted(SELECT secret FROM ${foreign} ELSE null('secret String'))`],
    ['a subquery', `SELECT (SELECT any(secret) FROM ${foreign})`],
    ['IN', `SELECT 1 WHERE 'x' IN (SELECT secret FROM ${foreign})`],
    ['joinGet', `SELECT joinGet(${quoteString(`${theirs}.${table}`)}, 'secret', 'x')`],
    ['dictGet', `SELECT dictGet(${quoteString(`${theirs}.${table}`)}, 'secret', 'x')`],
    ['the log of queries', 'SELECT query FROM system.query_log ORDER BY event_time DESC LIMIT 1000'],
    ['running queries', 'SELECT query FROM system.processes'],
  ]
  const refused: readonly (readonly [string, string])[] = [
    ['learn how its table is made', `SHOW CREATE TABLE ${foreign}`],
    ['see other users', 'SELECT name FROM system.users'],
    ['read a file of the server', "SELECT * FROM file('*', 'LineAsString', 'line String') LIMIT 1"],
    ['reach the network from the server', "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString', 'line String')"],
    ['write a file of the server', "INSERT INTO FUNCTION file('dbsvc_probe', 'CSV', 'a String') VALUES ('x')"],
    ['write into its table', `INSERT INTO ${foreign} VALUES ('forged')`],
    ['write in its name into a shared table', `INSERT INTO ${shared} VALUES (${quoteString(victim)}, 'forged')`],
    ['delete its rows', `DELETE FROM ${foreign} WHERE 1`],
    ['delete rows of a shared table', `ALTER TABLE ${shared} DELETE WHERE 1`],
    ['empty its table', `TRUNCATE TABLE ${foreign}`],
    ['drop its table', `DROP TABLE ${foreign}`],
    ['rename its table', `RENAME TABLE ${foreign} TO ${quoteName(own)}.${quoteName(`${table}_stolen`)}`],
    ['take its parts', `ALTER TABLE ${quoteName(own)}.${quoteName(table)} ATTACH PARTITION tuple() FROM ${foreign}`],
    [
      'make a view over its table',
      `CREATE VIEW ${quoteName(own)}.${quoteName(`${table}_view`)} AS SELECT * FROM ${foreign}`,
    ],
    [
      'make a table over its database',
      `CREATE TABLE ${quoteName(own)}.${quoteName(`${table}_merge`)} (secret String) ENGINE = Merge(${database}, '.*')`,
    ],
    ['make a database', `CREATE DATABASE ${quoteName(`${own}_more`)}`],
    ['be the other user', `EXECUTE AS ${quoteName(theirs)} SELECT 1`],
    ['give itself rights', `GRANT SELECT ON ${quoteName(theirs)}.* TO ${quoteName(own)}`],
    ['change its own settings', `ALTER USER ${quoteName(own)} SETTINGS max_memory_usage = 0`],
    ['take away a row policy', `DROP ROW POLICY dbsvc_company_only ON ${shared}`],
    ['allow itself DDL', 'SELECT 1 SETTINGS allow_ddl = 1'],
    ['take more memory than its tier', 'SELECT 1 SETTINGS max_memory_usage = 0'],
    ['take more time than its tier', 'SELECT 1 SETTINGS max_execution_time = 0'],
    ['name another company in its setting', `SELECT 1 SETTINGS SQL_company_id = ${quoteString(victim)}`],
    ['end the queries of others', `KILL QUERY WHERE user = ${database}`],
  ]
  return [
    ...reads.map(([by, sql]): Attempt => ({ what: `read it by ${by}`, sql, hole: 'secret' })),
    ...refused.map(([what, sql]): Attempt => ({ what, sql, hole: 'any' })),
  ]
}
