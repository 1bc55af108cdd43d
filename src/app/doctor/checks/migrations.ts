import { inEngine, ofEngine } from '../../../core/engine.ts'
import { countFailures } from '../../../engines/postgres/doctor/failures.ts'
import { migrationStatus, type StatusGroup } from '../../migrate/status.ts'
import { defineCheck } from '../check.ts'

export const migrations = defineCheck({
  id: 'migrations',
  engine: 'postgres',
  needs: 'control',
  summary: 'every target has what the folder has, and none failed the last time it was migrated',
  findings: {
    'migrations-pending': {
      severity: 'warning',
      means: 'Services that expect the newest schema fail on these targets.',
    },
    'migrations-elsewhere': {
      severity: 'error',
      means:
        'What these targets have had applied is not what the folder begins with. Nothing is migrated until that is settled.',
    },
    'targets-failed': {
      severity: 'error',
      means: 'These targets stay behind until the cause is mended and the migration is tried again.',
    },
  },
  async look({ session }) {
    const open = await session()
    const { groups } = await migrationStatus(open, false)
    const failures = await countFailures(open.client)
    return [
      ...groups.flatMap((group) => {
        const { pending } = group
        if (pending === null || pending === 0) return []
        const message = `${named(group)} at version ${group.version ?? '-'}: ${pending} pending`
        return [{ id: 'migrations-pending' as const, message, mend: 'dbsvc migrate up' }]
      }),
      ...groups.flatMap(({ mismatch, targets }) => {
        if (mismatch === null) return []
        const more = targets === 1 ? '' : `; ${targets} targets stand there`
        return [
          { id: 'migrations-elsewhere' as const, message: `${mismatch.message}${more}`, mend: mismatch.hint ?? null },
        ]
      }),
      ...failures.map(({ engine, migration, targets, example, code, reason, runId }) => ({
        id: 'targets-failed' as const,
        message: `${ofEngine(engine, migration)} failed on ${targets} ${targets === 1 ? 'target' : 'targets'}, such as ${example}: ${reason} (${code})`,
        mend: `dbsvc migrate show ${runId}`,
      })),
    ]
  },
})

function named({ engine, scope, targets, example }: StatusGroup): string {
  if (scope === 'shared') return `${inEngine('the shared scope', engine)} is`
  if (targets === 1) return `${inEngine(example, engine)} is`
  return `${inEngine(`${targets} companies`, engine)}, such as ${example}, are`
}
