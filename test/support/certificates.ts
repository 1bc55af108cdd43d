import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll } from 'vitest'

/** An authority of its own, made by openssl, whose certificates last a day. */
export interface Authority {
  /** Of the authority, in PEM; and the file of it. */
  readonly cert: string
  readonly certFile: string
  /** @param names such as `DNS:localhost` or `URI:spiffe://example.org/billing` */
  issue(commonName: string, names: readonly string[]): Promise<Issued>
}

export interface Issued {
  readonly cert: string
  readonly key: string
}

export async function createAuthority(commonName: string): Promise<Authority> {
  const directory = await mkdtemp(join(tmpdir(), 'dbsvc-authority-'))
  afterAll(() => rm(directory, { recursive: true, force: true }))
  const openssl = (...args: readonly string[]) => execa('openssl', args, { cwd: directory })
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const subject = ['-subj', `/CN=${commonName}`, '-days', '1']
  await openssl('req', '-x509', ...ec, ...subject, '-keyout', 'ca.key', '-out', 'ca.pem')
  const certFile = join(directory, 'ca.pem')
  let issued = 0
  return {
    cert: await readFile(certFile, 'utf8'),
    certFile,
    async issue(name, names) {
      issued += 1
      const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((kind) => `${issued}.${kind}`) as [
        string,
        string,
        string,
        string,
      ]
      await openssl('req', ...ec, '-subj', `/CN=${name}`, '-keyout', key, '-out', request)
      await writeFile(join(directory, extensions), `subjectAltName=${names.join(',')}\n`)
      const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
      await openssl('x509', '-req', '-in', request, ...authority, '-days', '1', '-extfile', extensions, '-out', cert)
      return {
        cert: await readFile(join(directory, cert), 'utf8'),
        key: await readFile(join(directory, key), 'utf8'),
      }
    },
  }
}
