import type { AskedChange } from '../../migration/operation.ts'
import type { Rule } from '../rule.ts'

/** What Weaviate 1.38 refuses to change (`ValidateUserConfigUpdate` of its hnsw index, usecases/schema/class.go). */
const fixedIndex = ['distance', 'efConstruction', 'maxConnections', 'multivector', 'cleanupIntervalSeconds']
const fixedInverted = ['indexTimestamps', 'indexNullState', 'indexPropertyLength']

export const notInPlace: Rule = {
  id: 'weaviate-not-in-place',
  severity: 'error',
  summary: 'A setting is changed that Weaviate cannot change.',
  why: 'The server refuses it, in the middle of a run.',
  mend: 'Use rebuildClass, which makes a new class, copies the objects and moves the alias.',
  *find({ up }) {
    for (const { operation, line } of up) {
      if (operation.type !== 'updateClass') continue
      for (const path of fixedIn(operation.value.set)) {
        yield { message: `${path} of ${operation.value.class} cannot be changed`, line }
      }
    }
  },
}

function* fixedIn({
  vectorConfig = {},
  vectorIndexConfig = {},
  invertedIndexConfig = {},
}: AskedChange): Generator<string> {
  const indexes = [vectorIndexConfig, ...Object.values(vectorConfig).map((vector) => vector.vectorIndexConfig)]
  for (const index of indexes) {
    for (const name of Object.keys(index)) if (fixedIndex.includes(name)) yield `vectorIndexConfig.${name}`
  }
  for (const name of Object.keys(invertedIndexConfig)) {
    if (fixedInverted.includes(name)) yield `invertedIndexConfig.${name}`
  }
}
