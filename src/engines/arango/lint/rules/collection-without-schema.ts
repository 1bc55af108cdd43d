import type { Rule } from '../rule.ts'

export const collectionWithoutSchema: Rule = {
  id: 'collection-without-schema',
  severity: 'warning',
  summary: 'A collection has no schema.',
  why: 'ArangoDB then takes any document: a misspelt attribute is found when somebody misses it.',
  mend: 'Give it a schema, with level strict for a new collection and moderate for one that has documents.',
  *scope({ collections }) {
    for (const { asked, madeAt } of collections.values()) {
      if (asked.schema !== null && asked.schema.level !== 'none') continue
      const what = asked.schema === null ? 'has no schema' : 'has a schema that holds for nothing: its level is none'
      yield { message: `${asked.name} ${what}`, at: madeAt }
    }
  },
}
