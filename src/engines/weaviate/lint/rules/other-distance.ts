import { createdClasses } from '../created.ts'
import type { Rule } from '../rule.ts'

export const otherDistance: Rule = {
  id: 'weaviate-other-distance',
  severity: 'warning',
  summary: 'A vector is compared otherwise than by cosine.',
  why: 'Queries that ask for a certainty are refused: Weaviate has one for cosine only. The distance cannot be changed later.',
  mend: 'Leave the distance out, or let no query ask for a certainty.',
  *find(migration) {
    for (const { definition, line } of createdClasses(migration)) {
      const settings = [
        ...Object.values(definition.vectorConfig ?? {}).map(({ vectorIndexConfig }) => vectorIndexConfig),
        definition.vectorIndexConfig,
      ]
      for (const setting of settings) {
        const distance = setting?.distance
        if (distance !== undefined && distance !== 'cosine') {
          yield { message: `${definition.class} compares by ${String(distance)}`, line }
        }
      }
    }
  },
}
