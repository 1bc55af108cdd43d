import { type ClassDefinition, isMultiTenant, listClasses, nameOf } from '../classes.ts'
import type { Connection } from '../connection.ts'
import { hasStatus, refusal } from '../failure.ts'
import { writeObjects } from '../objects.ts'
import { generateUuid } from '../uuid.ts'
import { type Attempt, attempts } from './attempts.ts'

/**
 * Writes an object as the victim into every multi-tenant class and tries, with the intruder's tenant set as dbsvc sets it, to see,
 * change or remove it; afterwards both have what they had. @returns what got through, in words
 */
export async function probeIsolation(
  connection: Connection,
  victim: string,
  intruder: string,
): Promise<readonly string[]> {
  const found: string[] = []
  for (const definition of (await listClasses(connection)).filter(isMultiTenant)) {
    const name = nameOf(definition)
    const id = generateUuid(`dbsvc/probe/${name}`)
    const vector = [0.6, 0.8, 0]
    const write = async (): Promise<void> => {
      const [failure] = await writeObjects(connection, [
        { class: name, tenant: victim, id, properties: {}, ...vectorsOf(definition, vector) },
      ])
      if (failure !== undefined)
        throw refusal(connection.place, `${name} takes no object of ${victim}: ${failure.reason}`)
    }
    await write()
    try {
      for (const [what, attempt] of Object.entries(attempts)) {
        if (await getsThrough(attempt, { connection, definition, id, vector, victim, intruder })) {
          found.push(`${intruder} ${what} in ${name}`)
          // It may be gone.
          await write()
        }
      }
    } finally {
      await connection.client.collections.use(name).withTenant(victim).data.deleteById(id)
    }
  }
  return found
}

/** For each vector that the class does not make itself. */
function vectorsOf(definition: ClassDefinition, vector: readonly number[]) {
  const own = Object.entries(definition.vectorConfig ?? {}).filter(
    ([, { vectorizer, vectorIndexConfig }]) => 'none' in (vectorizer ?? {}) && !isMultiVector(vectorIndexConfig),
  )
  if (own.length > 0) return { vectors: Object.fromEntries(own.map(([name]) => [name, vector])) }
  return definition.vectorConfig === undefined && definition.vectorizer === 'none' ? { vector } : {}
}

const isMultiVector = (settings: unknown): boolean =>
  (settings as { multivector?: { enabled?: boolean } } | undefined)?.multivector?.enabled === true

/** What the server refuses does not get through; a server that is gone has proven nothing. */
async function getsThrough(attempt: Attempt, scene: Parameters<Attempt>[0]): Promise<boolean> {
  try {
    return await attempt(scene)
  } catch (error) {
    if (hasStatus(error, 400, 404, 422, 500) || isQueryRefusal(error)) return false
    throw error
  }
}

const isQueryRefusal = (error: unknown): boolean =>
  error instanceof Error && /^Weaviate(Query|Batch|DeleteMany|InvalidInput)Error$/.test(error.constructor.name)
