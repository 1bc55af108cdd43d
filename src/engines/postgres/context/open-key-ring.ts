import type { SecretStore } from '../../../config/secrets/store.ts'
import { DbsvcError } from '../../../core/errors/error.ts'
import { currentKey, readKeyFile } from './key-file.ts'
import type { SigningKey } from './token.ts'

/** The key to sign contexts with, as the secret store has it. */
export interface KeyRing {
  /** The key to sign with now. Starts a look for a rotation where the last one is older than `refreshMs`, and does not wait for it. */
  current(): SigningKey
  /** Looks at once. Keeps the key it has where the store cannot be read. */
  reload(): Promise<void>
}

/** @throws DBS-1603 where this machine has no key of the cluster, DBS-1003 where it cannot be read */
export async function openKeyRing(
  store: SecretStore,
  cluster: string,
  { refreshMs = 5_000 }: { readonly refreshMs?: number } = {},
): Promise<KeyRing> {
  const look = async (): Promise<SigningKey> => {
    const file = await readKeyFile(store, cluster)
    if (file === null) throw DbsvcError.of('DBS-1603', { place: `cluster ${cluster}` })
    return currentKey(file)
  }
  let key = await look()
  let lookedAt = performance.now()
  let looking: Promise<void> | undefined

  const reload = (): Promise<void> => {
    looking ??= look()
      .then((found) => {
        key = found
      })
      .catch(() => {})
      .finally(() => {
        lookedAt = performance.now()
        looking = undefined
      })
    return looking
  }

  return {
    current() {
      if (performance.now() - lookedAt > refreshMs) void reload()
      return key
    },
    reload,
  }
}
