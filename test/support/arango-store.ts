import { createHash } from 'node:crypto'
import { configSchema } from '../../src/config/schema.ts'
import type { TierLimits } from '../../src/core/company/tier.ts'
import { arango } from '../../src/engines/arango/engine.ts'
import type { Store, StoreCompany } from '../../src/engines/store.ts'
import { arangoServer, connectArango, type TestArango } from './arango.ts'

/** The password that the tests' key gives a company. */
export const passwordOf = (company: string): string => createHash('sha256').update(company).digest('base64url')

/** The server as dbsvc uses it: the run's own unless told otherwise. */
export async function arangoStore(server?: TestArango): Promise<Store> {
  const { url, user, password } = server ?? (await arangoServer())
  return arango.connect({
    config: configSchema.parse({ arango: { url, user, password } }),
    application: 'test',
    passwordOf: async (company) => passwordOf(company),
  })
}

export const limits: TierLimits = configSchema.parse({}).tiers.free

export const companyNamed = (company: string): StoreCompany => ({ company, limits })

/** The company's database as its own user reaches it. */
export async function asCompany(company: string, server?: TestArango) {
  const name = `tenant_${company}`
  return connectArango(server ?? (await arangoServer()), name, name, passwordOf(company))
}
