import { DbsvcError } from '../../core/errors/error.ts'
import type { Cell } from '../../core/routing/cells.ts'
import type { RequestContext } from '../context/request-context.ts'
import type { Operation } from '../operation.ts'
import type { PostgresGateway, SqlStatement } from '../postgres/gateway.ts'
import { idempotencyOf } from './idempotency.ts'

/** A row of tenant_configurations. */
export interface ConfigEntry {
  readonly key: string
  /** JSON text. */
  readonly json: string
  /** ISO 8601, to the microsecond. */
  readonly updatedAt: string
}

export interface ConfigKey {
  readonly key: string
}

// As the columns of tenant_configurations have it.
const longestKey = 100
const longestJson = 1024 * 1024

const columns = `config_key, config_value::text,
  to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as updated_at`

const engines = () => ['postgres'] as const

/** The company's own configuration, read and written under its signed context like every other row of it. */
export function configOperations(postgres: PostgresGateway) {
  const ask = async (context: RequestContext, statement: SqlStatement): Promise<readonly ConfigEntry[]> => {
    const { rows } = await postgres.run(context, statement, { verb: 'read', way: 'pool' })
    return rows.map(entryOf)
  }
  const write = async (context: RequestContext, name: string, statement: SqlStatement) => {
    const idempotency = idempotencyOf(context, [name, statement.values])
    const options = { verb: 'write', way: 'pool', ...(idempotency === null ? {} : { idempotency }) } as const
    const { rows } = await postgres.run(context, statement, options)
    return rows.map(entryOf)
  }

  const get: Operation<ConfigKey, ConfigEntry> = {
    name: 'get_config',
    verb: 'read',
    engines,
    async run(context, { key }) {
      const text = `select ${columns} from tenant_configurations where config_key = $1`
      const [entry] = await ask(context, { text, values: [known(key)] })
      return entry ?? missing(context, key)
    },
  }
  const list: Operation<{ readonly prefix: string }, readonly ConfigEntry[]> = {
    name: 'list_config',
    verb: 'read',
    engines,
    run: async (context, { prefix }) =>
      ask(context, {
        text: `select ${columns} from tenant_configurations where starts_with(config_key, $1) order by config_key collate "C"`,
        values: [prefix],
      }),
  }
  const set: Operation<ConfigKey & { readonly json: string }, ConfigEntry> = {
    name: 'set_config',
    verb: 'write',
    takesKey: true,
    engines,
    async run(context, { key, json }) {
      const text = `insert into tenant_configurations (company_id, config_key, config_value) values ($1, $2, $3::jsonb)
        on conflict (company_id, config_key) do update set config_value = excluded.config_value, updated_at = now()
        returning ${columns}`
      const [entry] = await write(context, 'set_config', {
        text,
        values: [context.company.company, known(key), valid(json)],
      })
      return entry ?? missing(context, key)
    },
  }
  const unset: Operation<ConfigKey, { readonly removed: boolean }> = {
    name: 'unset_config',
    verb: 'write',
    takesKey: true,
    engines,
    async run(context, { key }) {
      const text = `delete from tenant_configurations where config_key = $1 returning ${columns}`
      return { removed: (await write(context, 'unset_config', { text, values: [known(key)] })).length > 0 }
    },
  }
  return { getConfig: get, listConfig: list, setConfig: set, unsetConfig: unset }
}

const entryOf = ([key, json, updatedAt]: readonly Cell[]): ConfigEntry => ({
  key: key ?? '',
  json: json ?? 'null',
  updatedAt: updatedAt ?? '',
})

function missing(context: RequestContext, key: string): never {
  throw DbsvcError.of('DBS-2501', { key, company: context.company.company })
}

function known(key: string): string {
  const length = [...key].length
  if (length >= 1 && length <= longestKey && !key.includes('\0')) return key
  throw DbsvcError.of('DBS-2001', { reason: `a config_key has 1 to ${longestKey} characters, none of them NUL` })
}

function valid(json: string): string {
  if (json.length > longestJson) throw DbsvcError.of('DBS-2001', { reason: 'a config_value has at most 1 MiB' })
  // jsonb has no NUL, however it is written.
  if (/(?<!\\)(\\\\)*\\u0000/.test(json)) throw DbsvcError.of('DBS-2001', { reason: 'a config_value holds no \\u0000' })
  try {
    JSON.parse(json)
    return json
  } catch {
    throw DbsvcError.of('DBS-2001', { reason: 'the config_value is no JSON' })
  }
}
