import type { Project } from '../project.ts'

export interface ListedSecret {
  readonly name: string
  /** The id of the key that it is sealed with; null where it lies in the clear. */
  readonly sealedWith: string | null
}

/** By name. Needs no key, and no server. */
export async function listSecrets({ secretStore }: Project): Promise<ListedSecret[]> {
  const names = await secretStore.list()
  return Promise.all(names.map(async (name) => ({ name, sealedWith: await secretStore.keyOf(name) })))
}
