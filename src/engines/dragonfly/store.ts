import { DbsvcError } from '../../core/errors/error.ts'
import type { Store } from '../store.ts'
import { deprovision, findRemains } from './company/deprovision.ts'
import { provision } from './company/provision.ts'
import { applyLimits, resume, suspend } from './company/state.ts'
import { examine } from './doctor/examine.ts'
import { operationError } from './errors.ts'
import { exportCompany } from './export/export.ts'
import { readFacts } from './facts.ts'
import { readHealth } from './health.ts'
import { companyOf } from './names.ts'
import { probeIsolation } from './probe/probe.ts'
import type { Session } from './session.ts'
import { readVitals } from './vitals.ts'

/** The store on an open connection. */
export function openStore(session: Session): Store {
  const { client, place, user } = session
  const guard = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      throw operationError(error, place, user)
    }
  }
  return {
    place,
    health: () => guard(() => readHealth(session)),
    ping: () =>
      guard(async () => {
        await client.ping()
      }),
    readVitals: () => guard(() => readVitals(client)),
    provision: (companies) => guard(() => provision(session, companies)),
    deprovision: (company) => guard(() => deprovision(session, company)),
    findRemains: (company) => guard(() => findRemains(session, company)),
    listCompanies: () => guard(async () => listed(await client.call('ACL', 'USERS'))),
    suspend: (company) => guard(() => suspend(session, company)),
    resume: (company) => guard(() => resume(session, company)),
    applyLimits: (company) => guard(() => applyLimits(session, company)),
    exportCompany: (company, directory) => guard(() => exportCompany(session, company, directory)),
    readFacts: (company) => guard(() => readFacts(session, company)),
    async run() {
      throw DbsvcError.of('DBS-1107', { engine: 'DragonflyDB', place, reason: 'it has no schema to migrate' })
    },
    inspect: async (_scope, companies) => new Map(companies.map((company) => [company, []])),
    probeIsolation: (victim, intruder) => guard(() => probeIsolation(session, victim, intruder)),
    examine: () => guard(() => examine(session)),
    async close() {
      client.disconnect()
    },
  }
}

const listed = (users: unknown): string[] =>
  (Array.isArray(users) ? users.map(String) : []).flatMap((name) => companyOf(name) ?? []).sort()
