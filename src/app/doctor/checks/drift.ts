import { findOutliers } from '../../structure/drift.ts'
import { defineCheck } from '../check.ts'

const mostNamed = 5

export const drift = defineCheck({
  id: 'drift',
  engine: 'postgres',
  needs: 'control',
  summary: 'companies of one version have one structure',
  findings: {
    'company-drifted': {
      severity: 'error',
      means:
        'Somebody changed it beside the migrations: the next one may fail there, and queries that work elsewhere may not.',
    },
    'no-majority': {
      severity: 'warning',
      means: 'No structure is that of most companies of this version, so it cannot be told which of them have drifted.',
    },
  },
  async look({ session, signal }) {
    const groups = await findOutliers(await session(), signal)
    return groups.map(({ version, outliers, targets, majority }) => {
      const names = outliers.slice(0, mostNamed).join(', ')
      const more = outliers.length > mostNamed ? ` and ${outliers.length - mostNamed} more` : ''
      const at = `at version ${version === '' ? '-' : version}`
      const named = outliers.slice(0, mostNamed).map((company) => `--tenant ${company}`)
      return majority
        ? {
            id: 'company-drifted' as const,
            message: `${names}${more}: not the structure that most of ${targets} companies ${at} have`,
            mend: `dbsvc drift ${named.join(' ')}, then dbsvc drift --fix`,
          }
        : {
            id: 'no-majority' as const,
            message: `${targets} companies ${at} have no structure in common, such as ${names}`,
            mend: 'dbsvc drift --against build',
          }
    })
  },
})
