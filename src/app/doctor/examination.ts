import type { LoadedConfig } from '../../config/load.ts'
import { applicationName, connectAdmin, oneAtATime, placeOfCluster } from '../../engines/postgres/connection.ts'
import { locateProject } from '../project.ts'
import type { Session } from '../session.ts'
import { StoreSet } from '../stores/store-set.ts'
import type { Examination } from './check.ts'

const command = 'doctor'
// A doctor that waits for those whom it is to look at would be no help.
const lockTimeoutMs = 2_000

/** An examination, and the connection that it opens when one is first asked for. */
export interface OpenExamination extends Examination {
  /** Gives the connection up; the next check gets another. */
  reset(): Promise<void>
}

export function openExamination(loaded: LoadedConfig, signal: AbortSignal): OpenExamination {
  const { postgres } = loaded.config
  const project = locateProject(loaded)
  const stores = new StoreSet(loaded, project, command)
  let opened: Promise<Session> | undefined
  const open = async (): Promise<Session> => {
    const client = oneAtATime(await connectAdmin(postgres, applicationName(command)))
    await client.query(`set lock_timeout = ${lockTimeoutMs}`)
    return { loaded, project, client, place: placeOfCluster(postgres), command, stores }
  }
  return {
    loaded,
    project,
    signal,
    facts: {},
    session() {
      opened ??= open()
      return opened
    },
    async reset() {
      const session = await opened?.catch(() => undefined)
      opened = undefined
      await stores.close()
      await session?.client.end().catch(() => {})
    },
  }
}
