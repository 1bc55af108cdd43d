import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Config } from '../config/schema.ts'
import { DbsvcError, reasonOf } from '../core/errors/error.ts'

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** The certificates of authorities in a file in PEM. @throws DBS-1003 */
export async function readAuthorities(path: string): Promise<string[]> {
  try {
    const found = (await readFile(path, 'utf8')).match(certificate) ?? []
    if (found.length === 0) throw new Error('it has no certificate in PEM')
    return found.map((text) => new X509Certificate(text).toString())
  } catch (error) {
    throw DbsvcError.of('DBS-1003', { path, reason: reasonOf(error) }, error)
  }
}

/**
 * Trusts the authorities of a file for whatever this process connects to from now on, beside the well-known ones: for the client
 * libraries that take no authority for one server. @throws DBS-1003
 */
export async function trustAuthorities(path: string | undefined): Promise<void> {
  if (path === undefined) return
  const wanted = await readAuthorities(path)
  // Takes long to load, and most have no file.
  const { getCACertificates, setDefaultCACertificates } = await import('node:tls')
  const trusted = getCACertificates('default')
  const known = new Set(trusted.map((text) => text.trim()))
  const added = wanted.filter((text) => !known.has(text.trim()))
  if (added.length > 0) setDefaultCACertificates([...trusted, ...added])
}

/** Whether the files of the stores can be used. @throws DBS-1003 */
export async function requireAuthorities({ clickhouse, dragonfly, weaviate, arango }: Config): Promise<void> {
  for (const { ca } of [clickhouse, dragonfly, weaviate, arango]) if (ca !== undefined) await readAuthorities(ca)
}
