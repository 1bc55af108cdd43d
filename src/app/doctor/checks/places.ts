import { isProbe } from '../../../core/company/probe.ts'
import { readAllPlacements } from '../../../engines/postgres/placement.ts'
import { defineCheck } from '../check.ts'
import { inEachStore } from '../each-store.ts'

// What a screen can take; --json has no more, since all of them are mended by the same command.
const mostNamed = 20

export const places = defineCheck({
  id: 'places',
  engine: null,
  needs: 'control',
  summary: 'what the ledger says of the places of companies in other engines is so',
  findings: {
    'place-half-made': {
      severity: 'error',
      means:
        'Making or removing it was cut off. A new company is not let in before it is there; one that is being dropped still has data in it.',
    },
    'place-gone': {
      severity: 'error',
      means: 'The ledger says that the company has it, and the engine does not know it: requests that need it fail.',
    },
    'place-without-company': {
      severity: 'warning',
      means: 'Nobody migrates, limits or drops it; it may be what a restored backup has brought back.',
    },
    'engine-not-configured': {
      severity: 'warning',
      means: 'Companies have places in it that can be neither used nor dropped until the configuration names it again.',
    },
  },
  async look({ session }) {
    const open = await session()
    const placements = await readAllPlacements(open.client)
    const named = new Set(open.stores.engines.map(({ name }) => name))
    const halves = placements.filter(({ state }) => state === 'provisioning' || state === 'removing')
    const unnamed = [...new Set(placements.map(({ engine }) => engine))].filter((engine) => !named.has(engine))
    const differences = await inEachStore(open, async (store, { name, title }) => {
      const there = new Set(await store.listCompanies())
      const settled = placements.filter(({ engine, state }) => engine === name && state !== 'provisioning')
      const known = new Set(placements.filter(({ engine }) => engine === name).map(({ company }) => company))
      const gone = settled.filter(({ company, state }) => state !== 'removing' && !there.has(company))
      const strangers = [...there].filter((company) => !known.has(company) && !isProbe(company))
      return [
        ...gone.slice(0, mostNamed).map(({ company }) => ({
          id: 'place-gone' as const,
          message: `${title} has no place of ${company}`,
          mend: 'restore the engine from a backup',
        })),
        ...strangers.slice(0, mostNamed).map((company) => ({
          id: 'place-without-company' as const,
          message: `${title} has a place of ${company}, which dbsvc does not know there`,
          mend: `dbsvc migrate up, if the company exists; else remove it by hand, once nobody needs what is in it`,
        })),
      ]
    })
    return [
      ...unnamed.map((engine) => ({
        id: 'engine-not-configured' as const,
        message: `${placements.filter((place) => place.engine === engine).length} companies have places in ${engine}`,
        mend: `set ${engine}.url`,
      })),
      ...halves.slice(0, mostNamed).map(({ company, engine, state, reason }) => ({
        id: 'place-half-made' as const,
        message: `${company} in ${engine} is ${state}${reason === null ? '' : `: ${reason}`}`,
        mend:
          state === 'removing'
            ? `dbsvc tenant drop ${company} --confirm ${company}`
            : `dbsvc tenant create ${company}, or dbsvc migrate up`,
      })),
      ...differences,
    ]
  },
})
