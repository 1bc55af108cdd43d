import type { WeaviateClass } from 'weaviate-client'

import { findClass, listTenantClasses } from '../classes.ts'
import { hasStatus, refusal } from '../failure.ts'
import { readRecord } from '../record.ts'
import { setTenants } from '../tenants.ts'
import { createAlias, moveAlias, removeAlias } from './alias.ts'
import { compareProperty, compareValue } from './compare.ts'
import { createClass } from './create-class.ts'
import type { AskedChange, AskedProperty, AskedVector, Operation } from './operation.ts'
import { rebuildClass } from './rebuild.ts'
import type { ModuleWork, StepContext, WeaviateStep } from './step.ts'

/**
 * Runs one step. What is there already exactly as asked counts as done, in doubt or not, because somebody else may have been at work;
 * something else of the same name is refused with the differences. @throws DBS-1107
 */
export async function runStep({ work }: WeaviateStep, context: StepContext): Promise<void> {
  return work.type === 'module' ? runModule(work, context) : runOperation(work, context)
}

/**
 * The tenants of a suspended company refuse every write, so they are open for as long as its own migration takes. Cut off meanwhile
 * they stay so until the migration is gone on with.
 */
async function runModule(work: ModuleWork, context: StepContext): Promise<void> {
  const { connection, target } = context
  const { company } = target
  const isSuspended = async (): Promise<boolean> =>
    company !== '' && (await readRecord(connection, 'suspended', company)) !== undefined
  if (!(await isSuspended())) return work.run(context)
  const classes = await listTenantClasses(connection)
  for (const name of classes) await setTenants(connection, name, [company], 'ACTIVE')
  try {
    await work.run(context)
  } finally {
    // Unless it has been let in meanwhile.
    if (await isSuspended()) for (const name of classes) await setTenants(connection, name, [company], 'INACTIVE')
  }
}

async function runOperation(operation: Operation, context: StepContext): Promise<void> {
  switch (operation.type) {
    case 'createClass':
      return createClass(operation.value, context)
    case 'removeClass':
      return removeClass(operation.value, context)
    case 'addProperty':
      return addProperty(operation.value.class, operation.value.property, context)
    case 'addVector':
      return updateClass(
        operation.value.class,
        { vectorConfig: { [operation.value.name]: operation.value.vector } },
        context,
      )
    case 'updateClass':
      return updateClass(operation.value.class, operation.value.set, context)
    case 'createAlias':
      return createAlias(operation.value.alias, operation.value.class, context.connection)
    case 'moveAlias':
      return moveAlias(operation.value, context.connection)
    case 'removeAlias':
      return removeAlias(operation.value, context)
    case 'rebuildClass':
      return rebuildClass(operation.value, context)
  }
}

/** Weaviate says of a class that is not there that it is removed; only in doubt is that believed. */
async function removeClass(name: string, { connection, inDoubt }: StepContext): Promise<void> {
  if ((await findClass(connection, name)) === undefined) {
    if (inDoubt) return
    throw refusal(connection.place, `there is no class ${name} to remove`)
  }
  const alias = (await connection.client.alias.listAll())?.find(({ collection }) => collection === name)
  // The server removes the class all the same, and leaves an alias that answers with an error.
  if (alias !== undefined) throw refusal(connection.place, `the alias ${alias.alias} stands for ${name}`)
  await connection.client.collections.delete(name)
}

async function addProperty(className: string, property: AskedProperty, { connection }: StepContext): Promise<void> {
  const { schema } = connection.rest
  const present = (await requireClass(className, connection)).properties?.find(({ name }) => name === property.name)
  if (present === undefined) {
    try {
      await schema
        .propertyCreator()
        .withClassName(className)
        .withProperty({ ...property } as Parameters<ReturnType<typeof schema.propertyCreator>['withProperty']>[0])
        .do()
      return
    } catch (error) {
      // Somebody else may have been quicker.
      if (!hasStatus(error, 422)) throw error
      const other = (await requireClass(className, connection)).properties?.find(({ name }) => name === property.name)
      if (other === undefined) throw error
      return requireSame(className, compareProperty(property, other as AskedProperty), connection.place)
    }
  }
  requireSame(className, compareProperty(property, present as AskedProperty), connection.place)
}

async function updateClass(
  className: string,
  change: AskedChange | { readonly vectorConfig: Readonly<Record<string, AskedVector>> },
  { connection }: StepContext,
): Promise<void> {
  const before = await requireClass(className, connection)
  const merged = merge(before, change) as WeaviateClass
  await connection.rest.schema.classUpdater().withClass(merged).do()
  // Some settings it takes and leaves as they were.
  requireSame(className, compareValue(className, change, await requireClass(className, connection)), connection.place)
}

async function requireClass(name: string, connection: StepContext['connection']): Promise<WeaviateClass> {
  const found = await findClass(connection, name)
  if (found === undefined) throw refusal(connection.place, `there is no class ${name}`)
  return found
}

function requireSame(className: string, differences: readonly string[], place: string): void {
  if (differences.length > 0) throw refusal(place, `${className} is otherwise there: ${differences.join('; ')}`)
}

function merge(before: unknown, change: unknown): unknown {
  if (!isRecord(before) || !isRecord(change)) return change
  const merged: Record<string, unknown> = { ...before }
  for (const [key, value] of Object.entries(change)) merged[key] = merge(before[key], value)
  return merged
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
