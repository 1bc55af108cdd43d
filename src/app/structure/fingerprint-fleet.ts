import { DbsvcError } from '../../core/errors/error.ts'
import type { FingerprintedTarget } from '../../core/structure/groups.ts'
import { applicationName, connectAdmin } from '../../engines/postgres/connection.ts'
import { fingerprintCompanies } from '../../engines/postgres/structure/fleet.ts'
import type { Session } from '../session.ts'

// One query holds about 130 objects of each company on the server.
const companiesPerQuery = 250
// A backend keeps what it has looked up of every table, some 120 kB a company with four of them, until it ends.
const recycleAfterCompanies = 1_000

/** Fingerprints companies over as many connections as migrations use; the client holds one digest for each. */
export async function fingerprintFleet(
  session: Session,
  companies: readonly string[],
  signal: AbortSignal,
): Promise<FingerprintedTarget[]> {
  const { migrations } = session.loaded.config
  const queue = chunk(companies, recycleAfterCompanies)
  const targets: FingerprintedTarget[] = []
  const drain = async (): Promise<void> => {
    for (let share = queue.shift(); share !== undefined; share = queue.shift()) {
      targets.push(...(await fingerprintShare(session, share, signal)))
    }
  }
  const lanes = Math.min(migrations.connections, Math.ceil(companies.length / companiesPerQuery))
  // So that a fleet smaller than one connection's share is spread over all of them too.
  if (queue.length < lanes) queue.splice(0, queue.length, ...chunk(companies, Math.ceil(companies.length / lanes)))
  await Promise.all(Array.from({ length: lanes }, drain))
  return targets
}

async function fingerprintShare(
  session: Session,
  companies: readonly string[],
  signal: AbortSignal,
): Promise<FingerprintedTarget[]> {
  const client = await connectAdmin(session.loaded.config.postgres, applicationName(session.command))
  const targets: FingerprintedTarget[] = []
  try {
    for (const some of chunk(companies, companiesPerQuery)) {
      if (signal.aborted) throw DbsvcError.of('DBS-1904', {})
      targets.push(...(await fingerprintCompanies(client, some)))
    }
    return targets
  } finally {
    await client.end().catch(() => {})
  }
}

function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}
