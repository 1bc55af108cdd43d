import { defineCheck } from '../check.ts'
import { inEachStore } from '../each-store.ts'

const ids = { error: 'store-error', warning: 'store-warning', info: 'store-notice' } as const

export const storeSettings = defineCheck({
  id: 'store-settings',
  engine: null,
  needs: 'control',
  summary: 'each engine beside PostgreSQL, its settings, and what dbsvc has set up there are as they should be',
  findings: {
    'store-error': { severity: 'error', means: 'The engine looks at itself; the finding says what it means.' },
    'store-warning': { severity: 'warning', means: 'The same, for what will hurt later.' },
    'store-notice': { severity: 'info', means: 'The same, for what is good to know.' },
  },
  async look({ session }) {
    return inEachStore(await session(), async (store, { title }) =>
      (await store.examine()).map(({ severity, message, means, mend, fix }) => ({
        id: ids[severity],
        message: `${title}: ${message}`,
        means,
        mend,
        ...(fix === undefined ? {} : { fix }),
      })),
    )
  },
})
