import type pg from 'pg'
import type { LoadedConfig } from '../config/load.ts'
import {
  applicationName,
  connectAdmin,
  oneAtATime,
  operationError,
  placeOfCluster,
} from '../engines/postgres/connection.ts'
import { withObserverPassword } from './log-in-as.ts'
import { locateProject, type Project } from './project.ts'
import { StoreSet } from './stores/store-set.ts'

/** What every use-case on a cluster works with. */
export interface Session {
  readonly loaded: LoadedConfig
  readonly project: Project
  /** Connected as the configured user. */
  readonly client: pg.Client
  /** host:port/database. */
  readonly place: string
  /** Names the work to whoever looks at the server's sessions. */
  readonly command: string
  /** The engines beside PostgreSQL. */
  readonly stores: StoreSet
}

/** Connects, does the work and closes the connection, whatever happens. @throws DBS-1104 a right is missing, DBS-1105 the connection breaks */
export async function withSession<Result>(
  configured: LoadedConfig,
  command: string,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const loaded = await withObserverPassword(configured)
  const client = oneAtATime(await connectAdmin(loaded.config.postgres, applicationName(command)))
  const project = locateProject(loaded)
  const stores = new StoreSet(loaded, project, command)
  try {
    return await work({ loaded, project, client, place: placeOfCluster(loaded.config.postgres), command, stores })
  } catch (error) {
    throw operationError(error, loaded.config.postgres)
  } finally {
    await stores.close()
    await client.end().catch(() => {})
  }
}
