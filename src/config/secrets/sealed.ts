import { DbsvcError } from '../../core/errors/error.ts'
import { seal, sealedWith, unseal } from '../../core/secret/seal.ts'
import type { SealingKeys } from './keys.ts'
import type { SecretFiles, SecretStore } from './store.ts'

export interface SealedStore extends SecretStore {
  /** The id of the key that a secret is sealed with; null for one in the clear, and for none. */
  keyOf(name: string): Promise<string | null>
  /** Seals with the current key what is not. @returns whether it had to */
  reseal(name: string): Promise<boolean>
}

/**
 * The store, with what is written sealed where a key is configured. What lies there in the clear is read all the same, so that a
 * key can be given to a cluster that is in use; `dbsvc secret rotate` seals it. Methods throw DBS-1004
 * where a sealed one cannot be opened.
 */
export function sealedStore(files: SecretFiles, keysOf: () => Promise<SealingKeys>): SealedStore {
  // The keys are asked for only where something is sealed.
  const open = async (name: string, text: string): Promise<string> =>
    sealedWith(text) === null ? text : openWith(await keysOf(), name, text)
  const sealer = async (name: string): Promise<(text: string) => string> => {
    const { current } = await keysOf()
    return (text) => (current === null ? text : seal(text, name, current))
  }

  return {
    async read(name) {
      const text = await files.read(name)
      return text === null ? null : open(name, text)
    },
    async write(name, value) {
      await files.write(name, (await sealer(name))(value))
    },
    async change(name, change) {
      const sealed = await sealer(name)
      const keys = await keysOf()
      await files.change(name, (text) => sealed(change(text === null ? null : openWith(keys, name, text))))
    },
    async create(name, make) {
      const sealed = await sealer(name)
      const { value, created } = await files.create(name, () => sealed(make()))
      return { value: await open(name, value), created }
    },
    remove: (name) => files.remove(name),
    list: () => files.list(),
    async keyOf(name) {
      return sealedWith((await files.read(name)) ?? '')
    },
    async reseal(name) {
      const keys = await keysOf()
      const { current } = keys
      if (current === null) throw DbsvcError.of('DBS-1004', { what: 'secrets.key', reason: 'none is configured' })
      return files.rewrite(name, (text) =>
        sealedWith(text) === current.id ? null : seal(openWith(keys, name, text), name, current),
      )
    },
  }
}

function openWith({ current, previous }: SealingKeys, name: string, text: string): string {
  const id = sealedWith(text)
  if (id === null) return text
  const key = [current, previous].find((known) => known?.id === id)
  if (key === null || key === undefined) {
    throw cannotOpen(name, `it is sealed with key ${id}, which is not configured`)
  }
  try {
    return unseal(text, name, key)
  } catch {
    // What the cipher says tells no more.
    throw cannotOpen(name, 'it was changed, or belongs under another name')
  }
}

const cannotOpen = (name: string, reason: string): DbsvcError =>
  DbsvcError.of('DBS-1004', { what: `secret ${name}`, reason })
