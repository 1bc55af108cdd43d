import { createHash } from 'node:crypto'
import { keyOf, type Structure } from '../../../core/structure/object.ts'
import { readTenants } from '../../../engines/postgres/migration/ledger.ts'
import { readPlaced } from '../../../engines/postgres/placement.ts'
import type { Store, StoreEngine } from '../../../engines/store.ts'
import type { Session } from '../../session.ts'
import { defineCheck, type Observation } from '../check.ts'
import { inEachStore } from '../each-store.ts'

const mostNamed = 5

export const storeDrift = defineCheck({
  id: 'store-drift',
  engine: null,
  needs: 'control',
  summary: 'in every other engine too, companies of one version have one structure',
  findings: {
    'store-company-drifted': {
      severity: 'warning',
      means:
        'Somebody has changed something there by hand: the next migration may fail on it, or do something else than on the others.',
    },
  },
  async look({ session }) {
    const open = await session()
    return inEachStore(open, (store, engine) => compare(open, store, engine))
  },
})

async function compare(
  { client }: Session,
  store: Store,
  { name, title }: StoreEngine,
): Promise<Observation<'store-company-drifted'>[]> {
  const placed = new Set(await readPlaced(client, name))
  const tenants = (await readTenants(client, name)).filter(({ company }) => placed.has(company))
  const structures = await store.inspect('tenant', [...placed])
  const byHistory = Map.groupBy(tenants, ({ history }) => history)
  return [...byHistory.values()].flatMap((members) => {
    const byDigest = Map.groupBy(members, ({ company }) => digestOf(structures.get(company) ?? []))
    const [usual, ...others] = [...byDigest.values()].toSorted((a, b) => b.length - a.length)
    if (usual === undefined) return []
    return others.map((unusual) => {
      const named = unusual.slice(0, mostNamed).map(({ company }) => company)
      const more = unusual.length - named.length
      return {
        id: 'store-company-drifted' as const,
        message: `${title}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''} ${unusual.length === 1 ? 'is' : 'are'} not like the ${usual.length} others of the version`,
        mend: `dbsvc drift --engine ${name} --tenant ${named[0]}`,
      }
    })
  })
}

function digestOf(structure: Structure): string {
  const lines = structure.map((object) => `${keyOf(object)}\u0000${object.definition}`).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
