import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { StoreEngine } from '../../../engines/store.ts'
import type { Session } from '../../session.ts'
import { defineCheck, type Observation } from '../check.ts'

type Id = 'store-unreachable' | 'store-credentials' | 'store-unsupported' | 'store-lacks'

const ids: Readonly<Record<string, Id>> = {
  'DBS-1102': 'store-credentials',
  'DBS-1103': 'store-unsupported',
  'DBS-1106': 'store-unsupported',
}

export const stores = defineCheck({
  id: 'stores',
  engine: null,
  needs: 'control',
  summary: 'every engine that the configuration names answers, takes its credentials, and is one that dbsvc supports',
  findings: {
    'store-unreachable': {
      severity: 'error',
      means:
        'Companies cannot be created, changed or dropped until it is back, and what they have there is out of reach.',
    },
    'store-credentials': {
      severity: 'error',
      means: 'dbsvc cannot do anything there; what companies do with their own users is not affected.',
    },
    'store-unsupported': {
      severity: 'error',
      means: 'dbsvc cannot use it as it is.',
    },
    'store-lacks': {
      severity: 'info',
      means: 'It is used without that; the engine itself does not enforce what it lacks.',
    },
  },
  async look({ session, facts }) {
    const open = await session()
    const versions: Record<string, string> = {}
    const found = await Promise.all(open.stores.engines.map((engine) => lookAt(open, engine, versions)))
    if (open.stores.engines.length > 0) facts.stores = versions
    return found.flat()
  },
})

async function lookAt(
  { stores: set, loaded }: Session,
  engine: StoreEngine,
  versions: Record<string, string>,
): Promise<Observation<Id>[]> {
  try {
    const { version, kind, lacks } = await (await set.open(engine)).health()
    versions[engine.name] = kind === null ? version : `${version} (${kind})`
    return lacks.map((lack) => ({ id: 'store-lacks', message: `${engine.title}: ${lack}`, mend: null }))
  } catch (error) {
    if (!(error instanceof DbsvcError)) throw error
    const message = reasonOf(error)
    const id = ids[error.code] ?? 'store-unreachable'
    return [{ id, message, mend: error.hint ?? `look at ${engine.placeIn(loaded.config)}` }]
  }
}
