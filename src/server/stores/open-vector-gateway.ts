import type { Config } from '../../config/schema.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { readBudget } from '../../engines/weaviate/budget.ts'
import { type Connection, connectServer } from '../../engines/weaviate/connection.ts'
import { failureOf } from '../../engines/weaviate/failure.ts'
import { type StoredObject, writeObjects } from '../../engines/weaviate/objects.ts'
import { generateUuid } from '../../engines/weaviate/uuid.ts'
import type { NewObject, VectorGateway } from './vector-gateway.ts'

/** One connection for all companies: Weaviate has no users of theirs, so the tenant of each request is set here. */
export function openVectorGateway(config: Config['weaviate']): VectorGateway {
  let opened: Promise<Connection> | undefined
  const open = (): Promise<Connection> => {
    opened ??= connectServer(config).catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }
  const ask = async <Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> => {
    const connection = await open()
    try {
      return await work(connection)
    } catch (error) {
      const failure = failureOf(error, connection.place)
      if (failure.code !== 'DBS-1107') throw failure
      throw refusal(error instanceof Error ? error.message.slice(0, 500) : 'unknown')
    }
  }
  const tenantOf = ({ client }: Connection, className: string, company: string) =>
    client.collections.use(className).withTenant(company)

  return {
    search: (company, { className, vector, limit, certainty, properties, includeVector }) =>
      ask(async (connection) => {
        await propertiesOf(connection, className)
        const { objects } = await tenantOf(connection, className, company).query.nearVector([...vector], {
          limit,
          includeVector,
          returnMetadata: ['certainty', 'distance'],
          ...(certainty === null ? {} : { certainty }),
          ...(properties === null ? {} : { returnProperties: [...properties] }),
        })
        return objects.map(({ uuid, properties: found, metadata, vectors }) => ({
          id: uuid,
          properties: found,
          certainty: metadata?.certainty ?? null,
          distance: metadata?.distance ?? null,
          vector: includeVector ? (numbersOf(vectors.default) ?? null) : null,
        }))
      }),
    insert: (company, className, objects) =>
      ask(async (connection) => {
        await requireKnown(connection, className, objects)
        const { objects: there, budget } = await readBudget(connection, company)
        if (budget !== null && there + objects.length > budget) throw DbsvcError.of('DBS-2406', { company, budget })
        const stored = objects.map((object) => storedObject(company, className, object))
        const [failed] = await writeObjects(connection, stored)
        if (failed !== undefined) throw refusal(failed.reason)
        return stored.map(({ id }) => id)
      }),
    update: (company, className, { id, properties, vector }) =>
      ask(async (connection) => {
        await requireKnown(connection, className, [{ properties }])
        await tenantOf(connection, className, company).data.update({
          id,
          properties: { ...properties } as never,
          ...(vector === null ? {} : { vectors: [...vector] }),
        })
      }),
    delete: (company, className, ids) =>
      ask(async (connection) => {
        await propertiesOf(connection, className)
        const own = tenantOf(connection, className, company)
        const { successful } = await own.data.deleteMany(own.filter.byId().containsAny([...ids]))
        return successful
      }),
    async close() {
      const closing = opened
      opened = undefined
      await (await closing?.catch(() => undefined))?.client.close()
    },
  }
}

const refusal = (reason: string): DbsvcError => DbsvcError.of('DBS-2404', { engine: 'Weaviate', reason })

/** @throws DBS-2404 there is no such class, or it does not keep companies apart */
async function propertiesOf({ rest }: Connection, className: string): Promise<ReadonlySet<string>> {
  const found = await rest.schema
    .classGetter()
    .withClassName(className)
    .do()
    .catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && Number(error.code) === 404) return null
      throw error
    })
  if (found?.multiTenancyConfig?.enabled !== true) throw refusal(`there is no class ${className} for companies`)
  return new Set((found.properties ?? []).map(({ name }) => name ?? ''))
}

/** Weaviate would add a class or a property that it does not know to the schema, which all companies share. */
async function requireKnown(
  connection: Connection,
  className: string,
  objects: readonly Pick<NewObject, 'properties'>[],
): Promise<void> {
  const known = await propertiesOf(connection, className)
  for (const { properties } of objects) {
    const unknown = Object.keys(properties).find((name) => !known.has(name))
    if (unknown !== undefined) throw refusal(`class ${className} has no property ${unknown}`)
  }
}

function storedObject(company: string, className: string, { id, properties, vector }: NewObject): StoredObject {
  const sorted = Object.entries(properties).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    class: className,
    tenant: company,
    id: id ?? generateUuid(JSON.stringify([company, className, sorted])),
    properties,
    ...(vector === null ? {} : { vector }),
  }
}

const numbersOf = (vector: unknown): number[] | undefined =>
  Array.isArray(vector) && typeof vector[0] === 'number' ? (vector as number[]) : undefined
