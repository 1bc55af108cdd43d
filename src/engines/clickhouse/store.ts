import type { Store, StoreHealth } from '../store.ts'
import { deprovision, suspend } from './company/deprovision.ts'
import { exportCompany } from './company/export.ts'
import { readFacts } from './company/facts.ts'
import { applyLimits, provision, resume } from './company/provision.ts'
import { findRemains, listCompanies } from './company/remains.ts'
import { examine } from './doctor/examine.ts'
import { probeIsolation } from './doctor/probe.ts'
import { runStep } from './migration/run.ts'
import type { SqlStep } from './migration/step.ts'
import { type Place, rows } from './place.ts'
import { inspect } from './structure/inspect.ts'
import { readVitals } from './vitals.ts'

export function createStore(place: Place): Store {
  const { session } = place
  return {
    place: session.place,
    health: async () => healthOf(place),
    async ping() {
      await rows(place, 'select 1')
    },
    readVitals: () => readVitals(place),
    provision: (companies) => provision(place, companies),
    deprovision: (company) => deprovision(place, company),
    findRemains: (company) => findRemains(place, company),
    listCompanies: () => listCompanies(place),
    suspend: (company) => suspend(place, company),
    resume: (company) => resume(place, company),
    applyLimits: (company) => applyLimits(place, company),
    exportCompany: (company, directory) => exportCompany(place, company, directory),
    readFacts: (company) => readFacts(place, company),
    // Every step of this store was made by its own compile.
    run: (target, step, options) => runStep(place, target, step as SqlStep, options),
    inspect: (scope, companies) => inspect(place, scope, companies),
    probeIsolation: (victim, intruder) => probeIsolation(place, victim, intruder),
    examine: () => examine(place),
    close: () => session.close(),
  }
}

function healthOf({ session, hasAccessControl }: Place): StoreHealth {
  return {
    version: session.version,
    kind: session.kind,
    lacks: hasAccessControl ? [] : lacksOfChdb,
    separates: hasAccessControl,
  }
}

const lacksOfChdb = [
  'users of companies: whoever opens the folder reads every database',
  'row policies: shared tables show every company’s rows',
  'quotas and settings profiles: the limits of a tier are not enforced',
  'suspending: a suspended company is refused by dbsvc alone',
]
