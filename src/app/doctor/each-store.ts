import { DbsvcError } from '../../core/errors/error.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import type { Store, StoreEngine } from '../../engines/store.ts'
import type { Session } from '../session.ts'

/**
 * Looks at all configured stores at once. One that cannot be reached is left out: check `stores` says so, and whoever comes after it
 * would only repeat it.
 */
export async function inEachStore<Found>(
  { stores }: Session,
  look: (store: Store, engine: StoreEngine) => Promise<readonly Found[]>,
): Promise<Found[]> {
  const found = await Promise.all(
    stores.engines.map(async (engine) => {
      try {
        return await look(await stores.open(engine), engine)
      } catch (error) {
        if (error instanceof DbsvcError && error.exitCode === ExitCode.Engine) return []
        throw error
      }
    }),
  )
  return found.flat()
}
