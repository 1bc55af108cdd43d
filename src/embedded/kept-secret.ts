import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'

/** The secret in `file`: 32 characters of base64url, made on the first call and readable by its owner alone. */
export async function keptSecret(file: string): Promise<string> {
  const known = (await readFile(file, 'utf8').catch(unlessMissing))?.trim()
  if (known !== undefined && known !== '') return known
  const secret = randomBytes(24).toString('base64url')
  // Whoever reads the file finds all of a secret or none.
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, secret, { mode: 0o600, flag: 'wx', flush: true })
  await rename(draft, file)
  return secret
}

function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
