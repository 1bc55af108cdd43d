import type { Structure } from '../../core/structure/object.ts'
import { inParallel } from '../in-parallel.ts'
import type { Store, StoreContext } from '../store.ts'
import type { Companies } from './company/companies.ts'
import { deprovisionCompany, findRemains } from './company/deprovision.ts'
import { exportCompany } from './company/export.ts'
import { readFacts } from './company/facts.ts'
import { tryLimits } from './company/limits.ts'
import { listCompanies } from './company/list.ts'
import { provisionCompany } from './company/provision.ts'
import { CompanyRegister } from './company/register.ts'
import { resumeCompany, suspendCompany } from './company/suspend.ts'
import { concurrency } from './concurrency.ts'
import { connectServer, readHealth } from './connection/connect.ts'
import { anyAnswer } from './connection/database.ts'
import type { ArangoServer } from './connection/server.ts'
import { examineServer } from './doctor/examine.ts'
import { probeIsolation } from './doctor/isolation.ts'
import { runStep } from './migration/run.ts'
import type { ArangoStep } from './migration/step.ts'
import { databaseOf, sharedDatabase } from './names.ts'
import { inspectDatabase } from './structure/inspect.ts'
import { readVitals } from './vitals.ts'

export async function connectStore(context: StoreContext): Promise<Store> {
  const { url = '', user, password = '', ca } = context.config.arango
  return storeOf(await connectServer({ url, user, password, ca }), context)
}

function storeOf(server: ArangoServer, { passwordOf }: StoreContext): Store {
  const register = new CompanyRegister(server)
  const companies: Companies = { server, register, passwordOf }
  return {
    place: server.place,
    health: () => readHealth(server),
    async ping() {
      await server.system.send({ path: '/_api/version' }, anyAnswer)
    },
    readVitals: () => readVitals(server),
    async provision(wanted) {
      await register.prepare()
      await inParallel(wanted, concurrency, ({ company }) => provisionCompany(companies, company))
    },
    deprovision: (company) => deprovisionCompany(companies, company),
    findRemains: (company) => findRemains(companies, company),
    listCompanies: () => listCompanies(companies),
    suspend: (company) => suspendCompany(companies, company),
    resume: ({ company }) => resumeCompany(companies, company),
    applyLimits: ({ company, limits }) => tryLimits(server.database(databaseOf(company)), limits),
    exportCompany: (company, directory) => exportCompany(server, company, directory),
    readFacts: (company) => readFacts(server, company),
    // Steps come from this engine's own compile().
    run: (target, step, options) => runStep({ server, register }, target, step as ArangoStep, options),
    async inspect(scope, wanted) {
      if (scope === 'shared') return new Map([['', await inspectDatabase(server.database(sharedDatabase), '')]])
      const inspect = async (company: string): Promise<readonly [string, Structure]> => [
        company,
        await inspectDatabase(server.database(databaseOf(company)), company),
      ]
      return new Map(await inParallel(wanted, concurrency, inspect))
    },
    probeIsolation: (victim, intruder) => probeIsolation(companies, victim, intruder),
    examine: () => examineServer(companies),
    async close() {
      server.close()
    },
  }
}
