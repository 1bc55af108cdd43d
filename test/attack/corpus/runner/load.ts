import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Technique } from './technique.ts'

const corpus = fileURLToPath(new URL('..', import.meta.url))

export interface Family {
  readonly family: string
  readonly techniques: readonly Technique[]
}

/** The families that PostgreSQL itself has to defeat. */
export const postgresFamilies = [
  'identity',
  'object-definition',
  'protocol',
  'session-reuse',
  'shared-server',
  'side-channels',
] as const

/** The techniques of each family, from the files of its folder. */
export function loadFamilies(names: readonly string[]): Promise<Family[]> {
  return Promise.all(
    names.map(async (family) => {
      const files = readdirSync(`${corpus}/${family}`).filter((file) => file.endsWith('.ts'))
      const modules = await Promise.all(
        files
          .toSorted()
          .map((file) => import(`${corpus}/${family}/${file}`) as Promise<{ techniques: readonly Technique[] }>),
      )
      return { family, techniques: modules.flatMap(({ techniques }) => techniques) }
    }),
  )
}
