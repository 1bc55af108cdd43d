import type { Session } from '../app/session.ts'
import { DbsvcError } from '../core/errors/error.ts'
import type { StoreName } from '../engines/store.ts'
import type { Logger } from './log.ts'

/**
 * Where companies are hostile to each other, dbsvc alone must not be what stands between them: an engine is served only where it
 * separates them itself.
 * @throws DBS-1608, and what connecting to an engine throws: nothing is known of one that does not answer
 */
export async function refuseUnseparated({ stores, loaded }: Session, log: Logger): Promise<void> {
  const { hostileCompanies, allowUnseparated } = loaded.config.server
  if (!hostileCompanies) return
  const allowed: readonly StoreName[] = allowUnseparated
  for (const engine of stores.engines) {
    const { separates, lacks } = await (await stores.open(engine)).health()
    if (separates) continue
    const lack = lacks[0] ?? 'users of companies'
    if (!allowed.includes(engine.name)) {
      throw DbsvcError.of('DBS-1608', { engine: engine.name, title: engine.title, lack })
    }
    log.warn({ engine: engine.name, lack }, 'an engine is served to hostile companies that cannot keep them apart')
  }
}
