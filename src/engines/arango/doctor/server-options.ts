import { z } from 'zod'
import type { Severity } from '../../../core/severity.ts'
import type { StoreObservation } from '../../store.ts'
import { refusalBehind } from '../connection/failure.ts'
import type { ArangoServer } from '../connection/server.ts'

const options = z.record(z.string(), z.json())

interface WantedOption {
  readonly id: string
  /** Of arangod, without the dashes. */
  readonly option: string
  readonly severity: Severity
  readonly isWrong: (value: unknown) => boolean
  readonly means: string
  readonly instead: string
}

const isOff = (value: unknown): boolean => value === false
const isOn = (value: unknown): boolean => value === true
const isUnlimited = (value: unknown): boolean => value === 0

const wantedOptions: readonly WantedOption[] = [
  {
    id: 'arango-query-memory-unlimited',
    option: 'query.memory-limit',
    severity: 'warning',
    isWrong: isUnlimited,
    means: 'a query that does not come through dbsvc may take all memory of the server from every company',
    instead: '--query.memory-limit 1073741824',
  },
  {
    id: 'arango-query-runtime-unlimited',
    option: 'query.max-runtime',
    severity: 'warning',
    isWrong: isUnlimited,
    means: 'a query that does not come through dbsvc may run for ever',
    instead: '--query.max-runtime 60',
  },
  {
    id: 'arango-foxx-open',
    option: 'foxx.api',
    severity: 'warning',
    isWrong: isOn,
    means: 'a company may install services in its database, whose code runs inside the server',
    instead: '--foxx.api false',
  },
  {
    id: 'arango-statistics-off',
    option: 'server.statistics',
    severity: 'info',
    isWrong: isOff,
    means: 'its metrics say little of what the server is doing',
    instead: '--server.statistics true',
  },
]

/** What the server was started with that will hurt. */
export async function examineOptions(server: ArangoServer): Promise<StoreObservation[]> {
  const found = await readOptions(server)
  if (found === null) {
    return [
      {
        id: 'arango-options-unknown',
        severity: 'info',
        message: `ArangoDB at ${server.place} does not say what it was started with`,
        means:
          'dbsvc cannot tell whether queries are limited; versions before 3.12 do not, and --server.options-api may forbid it',
        mend: null,
      },
    ]
  }
  return wantedOptions
    .filter(({ option, isWrong }) => isWrong(found[option]))
    .map(({ id, option, severity, means, instead }) => ({
      id,
      severity,
      message: `ArangoDB at ${server.place} runs with --${option} ${String(found[option])}`,
      means,
      mend: `start arangod with ${instead}`,
    }))
}

async function readOptions(server: ArangoServer): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    return await server.system.send({ path: '/_admin/options' }, options)
  } catch (error) {
    if ([403, 404, 501].includes(refusalBehind(error)?.status ?? 0)) return null
    throw error
  }
}
