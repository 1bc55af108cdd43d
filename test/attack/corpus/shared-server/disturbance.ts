import { guard } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const common = { refusal: /^DBS-2202 /, mechanism: guard, success: 'runs', honest: 'select * from notes' } as const
const statements = (list: readonly string[]) => each(list, (statement) => statement)

const locks = [
  'lock table notes',
  'lock market_data in exclusive mode',
  'lock table users, notes in share row exclusive mode nowait',
  'lock table only notes in access exclusive mode',
  'lock public.notes in share mode',
]

export const techniques: readonly Technique[] = [
  { ...common, name: 'lock a shared table', entry: 'execute', secret: 'that others wait', variants: statements(locks) },
  {
    ...common,
    name: 'lock a shared table in a batch',
    entry: 'batch',
    secret: 'that others wait',
    variants: each(locks, (lock) => ['select 1', lock]),
  },
  {
    ...common,
    name: 'speak and listen',
    entry: 'execute',
    secret: 'a channel to others, past their companies',
    variants: statements([
      'listen news',
      'unlisten news',
      'unlisten *',
      `notify news, 'x'`,
      'notify news',
      'listen "tenant_company_xyz"',
    ]),
  },
  {
    ...common,
    name: 'wait',
    entry: 'query',
    secret: 'a connection that does nothing',
    variants: statements([
      'select pg_sleep(0.01)',
      `select pg_sleep_for('10 ms')`,
      'select pg_sleep_until(now())',
      'select pg_catalog.pg_sleep(0.01)',
      'select "pg_sleep"(0.01) from notes',
      'select n.* from notes n, lateral (select pg_sleep(0.01 * n.note_id)) s',
    ]),
  },
  {
    ...common,
    name: 'change the session',
    entry: 'execute',
    secret: 'what the next company on the connection finds',
    variants: statements([
      'set work_mem = 64',
      'set local work_mem = 64',
      'set session statement_timeout = 0',
      `set datestyle = 'German'`,
      `set time zone 'UTC'`,
      'set role none',
      'set session authorization default',
      'set transaction isolation level read committed',
      'set session characteristics as transaction read only',
      'set constraints all deferred',
      'reset all',
      'reset role',
      'reset session authorization',
      'reset work_mem',
      'discard plans',
      'discard sequences',
    ]),
  },
  {
    ...common,
    name: 'leave something behind in the session',
    entry: 'execute',
    secret: 'what the next company on the connection finds',
    variants: statements([
      'prepare p as select 1',
      'prepare p (int) as select $1',
      'deallocate all',
      'declare c cursor for select 1',
      'declare c cursor with hold for select * from notes',
      'close all',
      'begin',
      'start transaction',
      'commit',
      'end',
      'rollback',
      'abort',
      'savepoint s',
      'commit and chain',
      'analyze notes',
    ]),
  },
  {
    ...common,
    name: 'leave a transaction behind that outlives its session',
    entry: 'execute',
    // The server of the tests for TimescaleDB allows none of them.
    on: 'partitions',
    secret: 'locks that nobody gives back',
    variants: statements([`prepare transaction 'mine'`, `PREPARE /* x */ TRANSACTION 'my own'`]),
  },
]
