import { findStoreDrift } from '../../stores/drift.ts'
import { defineCheck } from '../check.ts'
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
    return inEachStore(open, async (_store, engine) => {
      const { groups } = await findStoreDrift(open, engine, { against: 'majority', tenants: [] })
      return groups.flatMap(({ version, outliers }) =>
        outliers.map(({ companies }) => {
          const named = companies.slice(0, mostNamed).join(', ')
          const more = companies.length > mostNamed ? ` and ${companies.length - mostNamed} more` : ''
          return {
            id: 'store-company-drifted' as const,
            message: `${engine.title}: not like the others at version ${version ?? '-'}: ${named}${more}`,
            mend: `dbsvc drift --engine ${engine.name}`,
          }
        }),
      )
    })
  },
})
