import type { Project } from '../project.ts'

export interface Resealed {
  /** Those that were in the clear, or sealed with the key before. */
  readonly resealed: readonly string[]
  readonly secrets: number
}

/** Seals every secret of this machine with the current key. One that is cut off goes on where it was. @throws DBS-1004 */
export async function resealSecrets({ secretStore }: Project): Promise<Resealed> {
  const names = await secretStore.list()
  const resealed: string[] = []
  for (const name of names) if (await secretStore.reseal(name)) resealed.push(name)
  return { resealed, secrets: names.length }
}
