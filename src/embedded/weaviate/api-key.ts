import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

/** The key in `<home>/api-key`, made on the first start and readable by its owner alone. */
export async function keepApiKey(home: string): Promise<string> {
  const file = join(home, 'api-key')
  const known = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (/^[\w-]{32}$/.test(known)) return known
  const key = randomBytes(24).toString('base64url')
  // Whoever reads the file finds all of a key or none.
  const draft = `${file}.draft`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.chmod(0o600)
    await handle.writeFile(`${key}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
  return key
}
