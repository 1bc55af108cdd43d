import { randomBytes } from 'node:crypto'
import { isProbe, probePrefix } from '../../../core/company/probe.ts'
import type { Store, StoreEngine } from '../../../engines/store.ts'
import { limitsOf } from '../../company/limits.ts'
import type { Session } from '../../session.ts'
import { defineCheck, type Observation } from '../check.ts'
import { inEachStore } from '../each-store.ts'

type Id = 'store-isolation-broken' | 'store-probe-left-over'

export const storeIsolation = defineCheck({
  id: 'store-isolation',
  engine: null,
  needs: 'control',
  summary: 'in every other engine too, of two throw-away companies neither gets at what the other has',
  findings: {
    'store-isolation-broken': {
      severity: 'error',
      means: 'Companies are not isolated from each other in that engine.',
    },
    'store-probe-left-over': {
      severity: 'info',
      means: 'A doctor was killed before it could remove its throw-away companies there; this one has.',
      fix: 'always',
    },
  },
  async look({ session }) {
    const open = await session()
    return inEachStore(open, async (store, engine) => [
      ...(await removeLeftOvers(store, engine)),
      ...(await probe(open, store, engine)),
    ])
  },
})

async function removeLeftOvers(store: Store, { title }: StoreEngine): Promise<Observation<Id>[]> {
  const left = (await store.listCompanies()).filter(isProbe)
  for (const company of left) await store.deprovision(company)
  return left.map((company) => ({
    id: 'store-probe-left-over',
    message: `${title}: company ${company} was left over and is removed`,
    mend: null,
    fixed: true,
  }))
}

async function probe({ loaded }: Session, store: Store, { title }: StoreEngine): Promise<Observation<Id>[]> {
  const id = randomBytes(4).toString('hex')
  const [victim, intruder] = [`${probePrefix}${id}_v`, `${probePrefix}${id}_i`]
  const limits = limitsOf(loaded, { tier: 'free', limits: {} })
  try {
    await store.provision([
      { company: victim, limits },
      { company: intruder, limits },
    ])
    const ways = await store.probeIsolation(victim, intruder)
    const mend = `let nobody but dbsvc at ${title} until this is mended`
    return ways.map((way) => ({ id: 'store-isolation-broken', message: `${title}: one company could ${way}`, mend }))
  } finally {
    for (const company of [victim, intruder]) await store.deprovision(company)
  }
}
