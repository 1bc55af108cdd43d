import type { Session } from '../../app/session.ts'
import { StoreSet } from '../../app/stores/store-set.ts'
import type { EngineName } from '../../core/engine.ts'
import { abandon, applicationName, connectAdmin } from '../../engines/postgres/connection.ts'
import { readVitals } from '../../engines/postgres/vitals.ts'
import type { StoreEngine } from '../../engines/store.ts'
import type { Subject } from './watch.ts'

/** How to reach each engine that the configuration names, over connections that serve nothing else. */
export function subjectsOf(session: Session): ReadonlyMap<EngineName, () => Promise<Subject>> {
  return new Map<EngineName, () => Promise<Subject>>([
    ['postgres', () => openPostgres(session)],
    ...session.stores.engines.map((engine) => [engine.name, () => openStore(session, engine)] as const),
  ])
}

async function openPostgres({ loaded }: Session): Promise<Subject> {
  const client = await connectAdmin(loaded.config.postgres, applicationName('serve health'))
  return {
    ping: () => client.query('select 1'),
    readVitals: () => readVitals(client),
    close() {
      abandon(client)
    },
  }
}

async function openStore({ loaded, project }: Session, engine: StoreEngine): Promise<Subject> {
  const set = new StoreSet(loaded, project, 'serve')
  const store = await set.open(engine)
  return {
    ping: () => store.ping(),
    readVitals: () => store.readVitals(),
    close: () => set.close(),
  }
}
