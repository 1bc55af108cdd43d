import { findLooseDefiners } from '../../../engines/postgres/doctor/definers.ts'
import { defineCheck } from '../check.ts'

export const definers = defineCheck({
  id: 'definers',
  engine: 'postgres',
  needs: 'control',
  summary: 'every SECURITY DEFINER routine looks names up where its owner said, and not where its caller says',
  findings: {
    'definer-search-path': {
      severity: 'error',
      means:
        'Whoever calls it can put an object of his own in the way of one that it means, and has it used with the rights of its owner.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    return (await findLooseDefiners(client)).map((routine) => ({
      id: 'definer-search-path' as const,
      message: `routine ${routine} is SECURITY DEFINER and has no fixed search_path that ends with pg_temp`,
      mend: `alter routine ${routine} set search_path = pg_catalog, pg_temp`,
    }))
  },
})
