import { DbsvcError } from '../../core/errors/error.ts'
import type { Store } from '../store.ts'
import { deprovision, findRemains } from './company/deprovision.ts'
import { exportCompany } from './company/export.ts'
import { readFacts } from './company/facts.ts'
import { listCompanies } from './company/list.ts'
import { provision, resume, suspend, writeBudgets } from './company/provision.ts'
import type { Connection } from './connection.ts'
import { examineServer } from './doctor/examine.ts'
import { probeIsolation } from './doctor/probe.ts'
import { failureOf } from './failure.ts'
import { readHealth } from './health.ts'
import { runStep } from './migration/run.ts'
import type { WeaviateStep } from './migration/step.ts'
import { readStructures } from './structure/read.ts'
import { readVitals } from './vitals.ts'

/** The store on an open connection. */
export function storeOn(connection: Connection): Store {
  const { place } = connection
  const guarded = async <Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      if (signal?.aborted === true && error === signal.reason) throw DbsvcError.of('DBS-1904', {}, error)
      throw failureOf(error, place)
    }
  }
  return {
    place,
    health: () => guarded(() => readHealth(connection)),
    ping: () =>
      guarded(async () => {
        await connection.client.getMeta()
      }),
    readVitals: () => guarded(() => readVitals(connection)),
    provision: (companies) => guarded(() => provision(connection, companies)),
    deprovision: (company) => guarded(() => deprovision(connection, company)),
    findRemains: (company) => guarded(() => findRemains(connection, company)),
    listCompanies: () => guarded(() => listCompanies(connection)),
    suspend: (company) => guarded(() => suspend(connection, company)),
    resume: (company) => guarded(() => resume(connection, company)),
    // Nothing in the server is to be changed: dbsvc counts against what is on record.
    applyLimits: (company) => guarded(() => writeBudgets(connection, [company])),
    exportCompany: (company, directory) => guarded(() => exportCompany(connection, company, directory)),
    readFacts: (company) => guarded(() => readFacts(connection, company)),
    run: (target, step, options) =>
      guarded(() => runStep(step as WeaviateStep, { connection, target, ...options }), options.signal),
    inspect: (scope, companies) => guarded(() => readStructures(connection, scope, companies)),
    probeIsolation: (victim, intruder) => guarded(() => probeIsolation(connection, victim, intruder)),
    examine: () => guarded(() => examineServer(connection)),
    close: () => connection.client.close(),
  }
}
