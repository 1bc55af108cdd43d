import type { EngineLinter } from '../../store.ts'
import { lintWeaviate } from './lint.ts'
import { rules } from './rules/index.ts'

export const weaviateLinter: EngineLinter = {
  rules,
  lint: (folder, scope, chosen) =>
    lintWeaviate(
      folder,
      scope,
      rules.filter(({ id }) => chosen.has(id)),
    ),
}
