import { type ClassDefinition, findClass } from '../classes.ts'
import { readSuspended } from '../company/provision.ts'
import { hasStatus, refusal } from '../failure.ts'
import { readRecords } from '../record.ts'
import { createTenants } from '../tenants.ts'
import { compareClass } from './compare.ts'
import type { AskedClass } from './operation.ts'
import type { StepContext } from './step.ts'

type ClassContext = Pick<StepContext, 'connection' | 'companies' | 'signal'>

/**
 * Makes the class where there is none, and a tenant for every company. @throws DBS-1107 for another class of the name
 */
export async function createClass(definition: AskedClass, context: ClassContext): Promise<void> {
  await ensureClass(definition, context)
  if (definition.multiTenancyConfig?.enabled === true) await createAllTenants(definition.class, context)
}

/** The class alone. */
export async function ensureClass(definition: AskedClass, { connection }: ClassContext): Promise<void> {
  let found = await findClass(connection, definition.class)
  if (found === undefined) {
    try {
      await connection.client.collections.createFromJson(definition as ClassDefinition)
      return
    } catch (error) {
      if (!hasStatus(error, 422)) throw error
      found = await findClass(connection, definition.class)
      if (found === undefined) throw error
    }
  }
  const differences = compareClass(definition, found)
  if (differences.length > 0) {
    throw refusal(connection.place, `there is another class ${definition.class}: ${differences.join('; ')}`)
  }
}

/** Asked after the class is there: a company that is provisioned meanwhile is on record, or finds the class by itself. */
async function createAllTenants(className: string, { connection, companies, signal }: ClassContext): Promise<void> {
  const names = [...new Set([...(await companies()), ...(await readRecords(connection, 'company')).keys()])]
  const suspended = await readSuspended(connection)
  for (let start = 0; start < names.length; start += 100) {
    signal.throwIfAborted()
    await createTenants(connection, className, names.slice(start, start + 100), suspended)
  }
}
