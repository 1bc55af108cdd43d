import { z } from 'zod'
import type { SecretStore } from '../../../config/secrets/store.ts'
import { DbsvcError } from '../../../core/errors/error.ts'
import { type SigningKey, secretBytes } from './token.ts'

/** The context keys this machine has of one cluster; those it no longer signs with are kept until they are retired. */
export interface KeyFile {
  readonly current: string
  /** Secrets by key id. */
  readonly keys: ReadonlyMap<string, Buffer>
}

const shape = z.strictObject({
  current: z.string(),
  keys: z.record(z.string().regex(/^[a-z0-9]{1,16}$/), z.base64()),
})

export const keyFileName = (cluster: string): string => `postgres-${cluster}-context-keys`

/** Null where this machine has no keys of the cluster. @throws DBS-1003 for a file that cannot be understood */
export async function readKeyFile(store: SecretStore, cluster: string): Promise<KeyFile | null> {
  const text = await store.read(keyFileName(cluster))
  return text === null ? null : parseKeyFile(text, cluster)
}

/** Replaces the file by what `change` makes of it; what another process has written meanwhile is not lost. */
export async function changeKeyFile(
  store: SecretStore,
  cluster: string,
  change: (file: KeyFile | null) => KeyFile,
): Promise<void> {
  await store.change(keyFileName(cluster), (text) =>
    renderKeyFile(change(text === null ? null : parseKeyFile(text, cluster))),
  )
}

/** The file's keys; one that another process has just made wins over `make`. */
export async function createKeyFile(store: SecretStore, cluster: string, make: () => KeyFile): Promise<KeyFile> {
  const { value } = await store.create(keyFileName(cluster), () => renderKeyFile(make()))
  return parseKeyFile(value, cluster)
}

/** The key new contexts are signed with. */
export function currentKey({ current, keys }: KeyFile): SigningKey {
  const secret = keys.get(current)
  // parseKeyFile has made sure of it.
  if (secret === undefined) throw new Error(`no context key ${current}`)
  return { keyId: current, secret }
}

function renderKeyFile({ current, keys }: KeyFile): string {
  const encoded = [...keys].map(([keyId, secret]) => [keyId, secret.toString('base64')])
  return `${JSON.stringify({ current, keys: Object.fromEntries(encoded) })}\n`
}

function parseKeyFile(text: string, cluster: string): KeyFile {
  const found = shape.safeParse(jsonOrNull(text))
  const keys = new Map<string, Buffer>()
  for (const [keyId, secret] of Object.entries(found.data?.keys ?? {})) keys.set(keyId, Buffer.from(secret, 'base64'))
  const current = found.data?.current ?? ''
  if (keys.get(current)?.length === secretBytes) return { current, keys }
  // What the parsers say could quote the secret.
  throw DbsvcError.of('DBS-1003', { path: keyFileName(cluster), reason: 'it is not what dbsvc writes there' })
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
