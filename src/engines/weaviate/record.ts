import type { Connection } from './connection.ts'
import { hasStatus, refusal } from './failure.ts'
import { listObjects, writeObjects } from './objects.ts'
import { generateUuid } from './uuid.ts'

/**
 * What dbsvc has to know of a company and Weaviate has no place for: that it has a place at all, before there is any class for its
 * tenants to be in; its budget; that it is suspended, which holds for classes made later too; which tenants a rebuild has to put back.
 * Each fact is an object of its own under an id made of its key, so that two processes never overwrite each other's.
 */
export const recordClass = 'DbsvcRecord'

export type RecordKind = 'company' | 'suspended' | 'rebuild' | 'switch'

export interface Entry {
  readonly kind: RecordKind
  /** A company, or the class that a rebuild makes. */
  readonly subject: string
  readonly value: unknown
}

/** Makes the class where there is none. Safe in parallel. */
export async function ensureRecords({ rest }: Connection): Promise<void> {
  if (await rest.schema.exists(recordClass)) return
  const text = (name: string) => ({ name, dataType: ['text'], tokenization: 'field' as const, indexSearchable: false })
  try {
    await rest.schema
      .classCreator()
      .withClass({
        class: recordClass,
        description: 'What dbsvc keeps of its companies. Removed objects are not written again by themselves.',
        vectorizer: 'none',
        vectorIndexConfig: { skip: true },
        properties: [text('kind'), text('subject'), { ...text('value'), indexFilterable: false }],
      })
      .do()
  } catch (error) {
    if (!hasStatus(error, 422, 500) || !(await rest.schema.exists(recordClass))) throw error
  }
}

/** Writes or replaces them. */
export async function writeRecords(connection: Connection, entries: readonly Entry[]): Promise<void> {
  await ensureRecords(connection)
  const failures = await writeObjects(
    connection,
    entries.map(({ kind, subject, value }) => ({
      class: recordClass,
      id: idOf(kind, subject),
      properties: { kind, subject, value: JSON.stringify(value) },
    })),
  )
  const [first] = failures
  if (first !== undefined) throw refusal(connection.place, `${first.id}: ${first.reason}`)
}

export async function removeRecord({ rest }: Connection, kind: RecordKind, subject: string): Promise<void> {
  try {
    await rest.data.deleter().withClassName(recordClass).withId(idOf(kind, subject)).do()
  } catch (error) {
    // A server that never had the class answers as if it were broken.
    if (hasStatus(error, 500) && !(await rest.schema.exists(recordClass))) return
    if (!hasStatus(error, 404, 422)) throw error
  }
}

/** All of one kind by subject; none where the class is missing. */
export async function readRecords(connection: Connection, kind: RecordKind): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>()
  if (!(await connection.rest.schema.exists(recordClass))) return found
  for await (const { properties } of listObjects(connection, { className: recordClass, vectors: false })) {
    if (properties?.kind === kind) found.set(String(properties.subject), parse(properties.value))
  }
  return found
}

/** One value, or undefined. */
export async function readRecord(connection: Connection, kind: RecordKind, subject: string): Promise<unknown> {
  return (await findRecord(connection, kind, subject))?.value
}

/** The same with when it was written, in milliseconds since 1970 by the server's clock. */
export async function findRecord(
  { rest }: Connection,
  kind: RecordKind,
  subject: string,
): Promise<{ readonly value: unknown; readonly writtenAt: number } | undefined> {
  try {
    const object = await rest.data.getterById().withClassName(recordClass).withId(idOf(kind, subject)).do()
    return { value: parse(object.properties?.value), writtenAt: object.lastUpdateTimeUnix ?? 0 }
  } catch (error) {
    if (hasStatus(error, 404, 422)) return undefined
    throw error
  }
}

// Kind and subject have no slash.
const idOf = (kind: RecordKind, subject: string): string => generateUuid(`dbsvc/${kind}/${subject}`)

function parse(value: unknown): unknown {
  try {
    return JSON.parse(String(value))
  } catch {
    return null
  }
}
