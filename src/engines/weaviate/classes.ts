import type { WeaviateClass } from 'weaviate-client'
import type { Connection } from './connection.ts'
import { hasStatus } from './failure.ts'
import { recordClass } from './record.ts'

/** A class as the server describes it. */
export type ClassDefinition = WeaviateClass

/** The property that tells whose row it is in a class that all companies share. */
export const companyProperty = 'company_id'

/** Every class but dbsvc's own, by name. */
export async function listClasses({ rest }: Connection): Promise<ClassDefinition[]> {
  const { classes = [] } = await rest.schema.getter().do()
  return (classes as ClassDefinition[])
    .filter((definition) => definition.class !== recordClass)
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

export const nameOf = (definition: ClassDefinition): string => definition.class ?? ''

export const isMultiTenant = (definition: ClassDefinition): boolean => definition.multiTenancyConfig?.enabled === true

/** Whether all companies' rows are in one class, told apart by `company_id` alone. */
export const isShared = (definition: ClassDefinition): boolean =>
  !isMultiTenant(definition) && (definition.properties ?? []).some(({ name }) => name === companyProperty)

/** The definition, or undefined. An alias is no class, though the server answers to it with the class that it stands for. */
export async function findClass({ rest }: Connection, name: string): Promise<ClassDefinition | undefined> {
  try {
    const found = (await rest.schema.classGetter().withClassName(name).do()) as ClassDefinition
    return found.class === name ? found : undefined
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
}

/** The names of the multi-tenant classes: every one of the server is dbsvc's. */
export async function listTenantClasses(connection: Connection): Promise<string[]> {
  return (await listClasses(connection)).filter(isMultiTenant).map(nameOf)
}
