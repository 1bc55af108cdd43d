import { isLoopback } from '../../../engines/postgres/connection.ts'
import { readServerSettings, type ServerSettings } from '../../../engines/postgres/doctor/settings.ts'
import { defineCheck } from '../check.ts'

const off = (value: string | undefined): boolean => value === 'off'
// Shorter ones cut off what dbsvc reads of a big fleet, and a batch of a migration that waits for its locks.
const shortestMs = 60_000
const isShort = (value: string | undefined): boolean => Number(value ?? 0) > 0 && Number(value) < shortestMs

/** A setting that hurts, and the value to give it. */
interface Rule {
  readonly id: keyof typeof findings
  readonly name: string
  readonly hurts: (value: string | undefined, settings: ServerSettings) => boolean
  readonly better: string
  /** A restart is needed before it holds. */
  readonly restart?: true
}

const findings = {
  'fsync-off': {
    severity: 'error',
    means: 'A crash of the machine can leave the database damaged beyond repair.',
  },
  'full-page-writes-off': {
    severity: 'error',
    means: 'A page half written in a crash of the machine stays damaged.',
  },
  'synchronous-commit-off': {
    severity: 'warning',
    means: 'What was committed in the last moments before a crash is lost, though the client was told it was kept.',
  },
  'autovacuum-off': {
    severity: 'warning',
    means:
      'Tables grow by every update, statistics go out of date, and at last the server refuses to write (transaction id wraparound).',
  },
  'wal-level-minimal': {
    severity: 'warning',
    means: 'There can be neither standbys nor a restore to a point in time.',
  },
  'password-encryption-md5': {
    severity: 'warning',
    means:
      'Passwords that others set are kept as MD5, which can be used without knowing the password; dbsvc sends SCRAM verifiers itself.',
  },
  'ssl-off': {
    severity: 'warning',
    means: 'Passwords are safe, but rows and signed contexts pass the network for everybody on the way to read.',
  },
  'statement-timeout-short': {
    severity: 'warning',
    means: 'Migrations and the pool set their own; dropping a big company, drift and dumps are cut off.',
  },
  'transaction-timeout-set': {
    severity: 'warning',
    means: 'A migration that takes longer is cut off, whatever migrations.statementTimeoutMs says.',
  },
  'idle-session-timeout-set': {
    severity: 'warning',
    means: 'The session that holds the migration lock rests while others work, and idle connections of pools are cut.',
  },
  'idle-transaction-unlimited': {
    severity: 'warning',
    means:
      'A company with a LOGIN role that leaves a transaction open keeps its locks: migrations of that company, and vacuum everywhere, wait for it.',
  },
} as const

const rules: readonly Rule[] = [
  { id: 'fsync-off', name: 'fsync', hurts: off, better: 'on' },
  { id: 'full-page-writes-off', name: 'full_page_writes', hurts: off, better: 'on' },
  { id: 'synchronous-commit-off', name: 'synchronous_commit', hurts: off, better: 'on' },
  { id: 'autovacuum-off', name: 'autovacuum', hurts: off, better: 'on' },
  {
    id: 'wal-level-minimal',
    name: 'wal_level',
    hurts: (value) => value === 'minimal',
    better: 'replica',
    restart: true,
  },
  {
    id: 'password-encryption-md5',
    name: 'password_encryption',
    hurts: (value) => value === 'md5',
    better: 'scram-sha-256',
  },
  { id: 'statement-timeout-short', name: 'statement_timeout', hurts: isShort, better: '0' },
  { id: 'transaction-timeout-set', name: 'transaction_timeout', hurts: (value) => Number(value ?? 0) > 0, better: '0' },
  {
    id: 'idle-session-timeout-set',
    name: 'idle_session_timeout',
    hurts: (value) => Number(value ?? 0) > 0,
    better: '0',
  },
  {
    id: 'idle-transaction-unlimited',
    name: 'idle_in_transaction_session_timeout',
    hurts: (value, { loginRoles }) => Number(value) === 0 && loginRoles > 0,
    better: '10min',
  },
]

export const settings = defineCheck({
  id: 'settings',
  engine: 'postgres',
  needs: 'control',
  summary: 'no setting of the server endangers data, migrations or isolation',
  findings,
  async look({ session, loaded }) {
    const found = await readServerSettings((await session()).client, [...rules.map(({ name }) => name), 'ssl'])
    const { host, ssl } = loaded.config.postgres
    const plain = !isLoopback(host) && (off(found.values.ssl) || ssl === 'disable')
    return [
      ...rules
        .filter(({ name, hurts }) => hurts(found.values[name], found))
        .map(({ id, name, better, restart }) => ({
          id,
          message: `${name} is ${found.values[name]}`,
          mend: `alter system set ${name} = ${better === 'on' || better === '0' ? better : `'${better}'`}; ${restart === true ? 'then restart the server' : 'select pg_reload_conf()'}`,
        })),
      ...(plain
        ? [
            {
              id: 'ssl-off' as const,
              message: `connections to ${host} are not encrypted: ssl is ${found.values.ssl} on the server, postgres.ssl is ${ssl ?? 'not set'}`,
              mend: 'alter system set ssl = on; select pg_reload_conf(); and postgres.ssl: verify-full',
            },
          ]
        : []),
    ]
  },
})
