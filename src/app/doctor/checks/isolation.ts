import { withContextPool } from '../../company/context-pool.ts'
import { defineCheck } from '../check.ts'
import { findForeignRows } from '../foreign-rows.ts'
import { findHoles } from '../probe-isolation.ts'
import { removeLeftOvers, withProbes } from '../probes.ts'

export const isolation = defineCheck({
  id: 'isolation',
  engine: 'postgres',
  needs: 'control',
  summary: 'of two throw-away companies neither gets at the other, nor at what others have, and each gets at its own',
  findings: {
    'isolation-broken': {
      severity: 'error',
      means: 'Companies are not isolated from each other.',
    },
    'foreign-rows': {
      severity: 'error',
      means: 'Companies are not isolated from each other: a company that was made a moment ago sees rows of others.',
    },
    'own-rows-refused': {
      severity: 'error',
      means: 'Requests of companies fail, or do not get what is theirs.',
    },
    'relation-not-probed': {
      severity: 'info',
      means:
        'Looking for rows of others took too long there: somebody locks it, or it has many rows and no index that begins with company_id.',
    },
    'probe-left-over': {
      severity: 'info',
      means: 'A doctor was killed before it could drop its throw-away companies; this one has.',
      fix: 'always',
    },
  },
  async look({ session }) {
    const open = await session()
    const leftOvers = await removeLeftOvers(open)
    const found = await withProbes(open, (intruder, victim) =>
      withContextPool(open, async (pool) => {
        const { holes, refusals } = await findHoles(open, pool, { intruder, victim })
        const { seen, unknown } = await findForeignRows(open, pool, intruder)
        const mend =
          'alter role database_service_role nologin, until dbsvc doctor --only shared-role --only exposure finds nothing'
        return [
          ...holes.map((way) => ({
            id: 'isolation-broken' as const,
            message: `one company could ${way} of another`,
            mend,
          })),
          ...seen.map((place) => ({
            id: 'foreign-rows' as const,
            message: `a new company sees rows of others in ${place}`,
            mend,
          })),
          ...refusals.map((message) => ({ id: 'own-rows-refused' as const, message, mend: null })),
          ...unknown.map((place) => ({
            id: 'relation-not-probed' as const,
            message: `${place} could not be looked at in time`,
            mend: null,
          })),
        ]
      }),
    )
    return [
      ...leftOvers.map((company) => ({
        id: 'probe-left-over' as const,
        message: `company ${company} was left over and is dropped`,
        mend: null,
        fixed: true as const,
      })),
      ...found,
    ]
  },
})
