import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { Config } from '../../config/schema.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'

export type TlsSettings = Config['server']['tls']

/** What the files of the settings hold now; null without a certificate. @throws DBS-2021 */
export async function readTls({ cert, key, ca, minVersion }: TlsSettings): Promise<SecureContextOptions | null> {
  if (cert === undefined || key === undefined) return null
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch((error) => refuse(path, error))
  const options = {
    cert: await read(cert),
    key: await read(key),
    ...(ca === undefined ? {} : { ca: await read(ca) }),
    minVersion,
  }
  try {
    createSecureContext(options)
    return options
  } catch (error) {
    return refuse([cert, key, ca].filter((path) => path !== undefined).join(', '), error)
  }
}

function refuse(path: string, error: unknown): never {
  throw DbsvcError.of('DBS-2021', { path, reason: reasonOf(error) }, error)
}
