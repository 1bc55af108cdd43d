import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { companyProperty, isMultiTenant, isShared, listClasses, nameOf } from '../classes.ts'
import type { Connection } from '../connection.ts'
import { listObjects, type StoredObject } from '../objects.ts'
import { readTenants, setTenants } from '../tenants.ts'

export interface ExportedFile {
  readonly file: string
  readonly bytes: number
}

/**
 * One file `<Class>.ndjson` for each class in which the company has a place: an object a line as the REST interface writes it, with its
 * vectors. A tenant that is not active is activated for as long as it is read; killed meanwhile it stays active, which `examine` sees
 * of a suspended company.
 */
export async function exportCompany(
  connection: Connection,
  company: string,
  directory: string,
): Promise<readonly ExportedFile[]> {
  const files: ExportedFile[] = []
  for (const definition of await listClasses(connection)) {
    const className = nameOf(definition)
    const file = `${className}.ndjson`
    if (isMultiTenant(definition)) {
      const status = (await readTenants(connection, className, [company])).get(company)
      if (status === undefined) continue
      const bytes = await whileActive(connection, className, company, status === 'ACTIVE', () =>
        writeLines(join(directory, file), listObjects(connection, { className, tenant: company, vectors: true })),
      )
      files.push({ file, bytes })
    } else if (isShared(definition)) {
      files.push({ file, bytes: await writeLines(join(directory, file), rowsOf(connection, className, company)) })
    }
  }
  return files
}

async function whileActive<Result>(
  connection: Connection,
  className: string,
  company: string,
  isActive: boolean,
  work: () => Promise<Result>,
): Promise<Result> {
  if (isActive) return work()
  await setTenants(connection, className, [company], 'ACTIVE')
  try {
    return await work()
  } finally {
    await setTenants(connection, className, [company], 'INACTIVE')
  }
}

async function* rowsOf(connection: Connection, className: string, company: string): AsyncGenerator<StoredObject> {
  for await (const object of listObjects(connection, { className, vectors: true })) {
    if (object.properties?.[companyProperty] === company) yield object
  }
}

/** @returns how many bytes it has written */
async function writeLines(path: string, objects: AsyncIterable<StoredObject>): Promise<number> {
  const stream = createWriteStream(path, { mode: 0o600 })
  await pipeline(
    Readable.from(objects).map((object: StoredObject) => `${JSON.stringify(object)}\n`),
    stream,
  )
  return stream.bytesWritten
}
