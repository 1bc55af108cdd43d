import type { Connection } from './connection.ts'

/** An object as the REST interface writes it: references, coordinates, blobs and named vectors are in it as they are. */
export interface StoredObject {
  readonly class: string
  readonly id: string
  readonly tenant?: string
  readonly properties?: Readonly<Record<string, unknown>>
  readonly vector?: readonly number[]
  readonly vectors?: Readonly<Record<string, unknown>>
  readonly creationTimeUnix?: number
  readonly lastUpdateTimeUnix?: number
}

export interface ObjectList {
  readonly className: string
  readonly tenant?: string
  /** Whether the vectors are read too. */
  readonly vectors: boolean
}

export interface FailedObject {
  readonly id: string
  readonly reason: string
}

const pageSize = 200

/** Every object, in the order of their ids. The library's own iterator asks for a page per object. */
export async function* listObjects(connection: Connection, list: ObjectList): AsyncGenerator<StoredObject> {
  for await (const page of listPages(connection, list)) yield* page
}

/** The same in pages. */
export async function* listPages(
  { rest }: Connection,
  { className, tenant, vectors }: ObjectList,
): AsyncGenerator<readonly StoredObject[]> {
  for (let after = ''; ; ) {
    const getter = rest.data.getter().withClassName(className).withLimit(pageSize).withAfter(after)
    if (tenant !== undefined) getter.withTenant(tenant)
    if (vectors) getter.withVector()
    const { objects = [] } = await getter.do()
    // The server leaves out the tenant that it was asked for.
    const page = (objects as readonly StoredObject[]).map((object) =>
      tenant === undefined ? object : { ...object, tenant },
    )
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    if (page.length < pageSize) return
    after = last.id
  }
}

/** Writes or replaces them. @returns those that were refused, each by itself */
export async function writeObjects({ rest }: Connection, objects: readonly StoredObject[]): Promise<FailedObject[]> {
  const failed: FailedObject[] = []
  for (let start = 0; start < objects.length; start += pageSize) {
    const batch = objects.slice(start, start + pageSize) as Parameters<
      ReturnType<typeof rest.batch.objectsBatcher>['withObjects']
    >
    const results = await rest.batch
      .objectsBatcher()
      .withObjects(...batch)
      .do()
    for (const { id, result } of results) {
      const reasons = result?.errors?.error?.map(({ message }) => String(message)) ?? []
      if (reasons.length > 0) failed.push({ id: id ?? '', reason: reasons.join('; ') })
    }
  }
  return failed
}
